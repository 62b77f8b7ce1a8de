import Diagnostics
import Documents
import ServiceModel

/// A file of configuration, read once for all services: what it says to all of them, and what only to
/// services of one data type.
///
/// Sections may stand directly in the file or below a wrapping key: `base:` for all, or the name of a
/// data type. `<type>_metrics:` is that type's `monitoring.metrics`.
struct LayerFile {
    let name: String
    private let common: Node?
    private let byType: [DataType: Node]

    /// Checks everything in the file, whatever types the services have.
    init(_ document: Node, name: String, _ problems: inout DiagnosticCollector) {
        self.name = name
        var common = Mapping()
        var byType: [DataType: Node] = [:]
        guard !document.isNull else {
            self.common = nil
            self.byType = [:]
            return
        }
        guard let mapping = document.mapping else {
            problems.report(
                Diagnostic(
                    .error, .wrongKind, "a configuration file holds a mapping, not a \(document.kind)",
                    at: document.location, fix: "write sections such as `resources:`"))
            self.common = nil
            self.byType = [:]
            return
        }
        var base: Node?
        for entry in mapping.entries {
            if entry.key == "base" {
                base = Self.checked(entry.value, &problems)
            } else if let type = DataType(name: entry.key), ServiceSchema.root[entry.key] == nil {
                Self.add(Self.checked(entry.value, &problems), to: &byType[type])
            } else if let type = Self.typeOfMetrics(entry.key) {
                let metrics: Node = ["monitoring": ["metrics": entry.value]]
                Self.add(Self.checked(metrics, &problems), to: &byType[type])
            } else {
                common.append(unique: entry)
            }
        }
        var all = base
        if !common.isEmpty { Self.add(Self.checked(.mapping(common, at: document.location), &problems), to: &all) }
        self.common = all
        self.byType = byType
    }

    /// The layer for a service of `type`; nil when the file says nothing to it.
    func layer(for type: DataType) -> Layer? {
        guard let specific = byType[type] else { return common.map { Layer(name: name, values: $0) } }
        var values = common ?? .mapping(Mapping(), at: specific.location)
        values.patch(with: specific)
        return Layer(name: name, values: values)
    }

    /// What the file says to services of every type.
    var commonLayer: Layer? { common.map { Layer(name: name, values: $0) } }

    private static func checked(_ section: Node, _ problems: inout DiagnosticCollector) -> Node {
        if section.isNull { return .mapping(Mapping(), at: section.location) }
        var check = ValueCheck()
        let node = check.checked(SchemaAliases.resolve(section, &problems))
        problems.report(contentsOf: DiagnosticReport(check.problems.diagnostics))
        return node
    }

    private static func add(_ section: Node, to sum: inout Node?) {
        guard sum != nil else {
            sum = section
            return
        }
        sum?.patch(with: section)
    }

    private static func typeOfMetrics(_ key: String) -> DataType? {
        key.hasSuffix("_metrics") ? DataType(name: String(key.dropLast("_metrics".count))) : nil
    }
}

extension Node {
    /// Puts `other` over this patch: like merging, but nulls stay, to delete what lower layers set.
    fileprivate mutating func patch(with other: Node) {
        guard var mapping, let changes = other.mapping else {
            self = other
            return
        }
        for change in changes.entries {
            if let position = mapping.position(of: change.key) {
                var value = mapping.entries[position].value
                value.patch(with: change.value)
                mapping.setValue(value, at: position)
            } else {
                mapping.append(unique: change)
            }
        }
        self = .mapping(mapping, at: other.location)
    }
}
