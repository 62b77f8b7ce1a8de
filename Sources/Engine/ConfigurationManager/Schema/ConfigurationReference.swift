package import Documents

/// The reference of all configuration keys, as Markdown, made from the schema.
package enum ConfigurationReference {
    /// The text of `docs/configuration.md`.
    ///
    /// - Parameter defaults: the built-in `base.yaml`, whose values the table of each section shows.
    package static func markdown(defaults: Node) -> String {
        var text = introduction
        for section in ServiceSchema.root.keys {
            text += "\n## `\(section.name)`\n\n\(section.meaning)\n"
            guard case .object(let object) = section.value else { continue }
            text += "\n| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |\n"
            let prefix = section.name + "."
            for (path, key) in leaves(of: object, below: NodePath(keys: [section.name])) {
                let shown = String(path.description.dropFirst(prefix.count))
                text += "| `\(shown)` | \(cell(type(key.value))) | \(cell(standard(key, defaults[path]))) "
                text += "| \(cell(key.meaning)) |\n"
            }
        }
        return text + aliases
    }

    /// The values of a section, those of the entries of its lists included.
    private static func leaves(of object: SchemaObject, below path: NodePath) -> [(path: NodePath, key: SchemaKey)] {
        object.keys.flatMap { key -> [(path: NodePath, key: SchemaKey)] in
            let path = path.appending(key.name)
            switch key.value {
            case .object(let below): return leaves(of: below, below: path)
            case .list(.object(let below), _): return [(path, key)] + leaves(of: below, below: path.appending(0))
            default: return [(path, key)]
            }
        }
    }

    private static func type(_ value: SchemaValue) -> String {
        switch value {
        case .list(.object, .some(let entryKey)): "list of entries, merged by `\(entryKey)`"
        case .list(.object, nil): "list of entries"
        case .map(.list(.object, _)): "map to lists of entries, merged by `name`"
        default: value.name
        }
    }

    private static func standard(_ key: SchemaKey, _ value: Node?) -> String {
        if let value { return "`\(value.plainText)`" }
        return key.absent.map { "(\($0))" } ?? ""
    }

    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|")
    }

    private static let introduction = """
        # Configuration

        <!-- Generated from the schema by ConfigurationReference; RECORD=1 swift test --filter
             ConfigurationReferenceTests writes it anew. -->

        Every key that a layer, a service's `overrides` or `--set` may have. Unknown keys are refused.
        `synthdata-infra config explain PATH` tells where a value comes from, `synthdata-infra config schema`
        prints the JSON Schema for editors.

        ## How layers merge

        Lowest first: the built-in profiles (base, data type, provider, environment), the project's layers of the
        same names (`./synthdata`, or `--config-dir`), layer files given with `-f` in their order, the service's own
        document, and the flags in their order.

        - Sections and maps merge key by key (RFC 7386); `null` deletes what the lower layers set.
        - A list replaces the lower layers' list, unless its entries have a natural key: then entries merge by it,
          new ones are appended, and an entry whose other values are all null deletes.
        - `--set` with a position works on the merged list, by position even where entries have a natural key:
          `--set 'deployment.env[0]={name: A, value: x}'` replaces the first entry, the position after the last one
          appends, and `null` removes. Without a position, `--set 'deployment.env=[{name: A, value: x}]'` merges by name.
        - Where `storage.enabled` is false, `cdn_enabled` and `backup_enabled` that only a built-in profile switched on are
          off, too; switched on in a layer of your own, they are an error. A CDN is as well served by a bucket.
        - In a layer file, sections may stand below `base:`, or below a data type (`image:`) for services of that
          type only; `image_metrics:` is that type's `monitoring.metrics`.

        ## Units

        | Type | Written |
        | --- | --- |
        | CPU quantity | Kubernetes' own: `4`, `0.5`, `500m` |
        | size | Kubernetes' own: `16Gi` (1024³), `16G` (1000³) |
        | duration | `500ms`, `30s`, `5m`, `1h30m`, `30d`, `2w` |
        | percentage | `70%`, from 1% to 100% |
        | bandwidth | bits a second: `500Mbps`, `10Gbps` |
        | rate | records in a time: `50/hour`, `5K/hour`, `1.2M/hour` |
        | version | text; `1.10` keeps its digits without quotes |

        A default in parentheses is what holds when no layer sets the key; others are those of the built-in
        `base.yaml`, over which the other profiles lie (`synthdata-infra profiles show`).

        """

    private static var aliases: String {
        var text =
            "\n## Other spellings\n\nThese keys are read as the ones beside them, in layers, overrides and `--set`.\n"
        text += "\n| Written | Read as |\n| --- | --- |\n"
        for alias in SchemaAliases.all {
            text += "| `\(NodePath(keys: alias.path))` | `\(NodePath(keys: alias.canonical))` |\n"
        }
        return text
    }
}
