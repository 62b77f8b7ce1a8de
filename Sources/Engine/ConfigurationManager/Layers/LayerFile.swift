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
    /// What holds for every type: below `base:`, then what stands directly in the file.
    let common: [Layer]
    private var byType: [DataType: [Layer]] = [:]

    /// Checks everything in the file, whatever types the services have.
    init(_ document: Node, name: String, _ problems: inout DiagnosticCollector) {
        self.name = name
        guard !document.isNull else {
            common = []
            return
        }
        guard let mapping = document.mapping else {
            problems.report(
                Diagnostic(
                    .error, .wrongKind, "a configuration file holds a mapping, not a \(document.kind)",
                    at: document.location, fix: "write sections such as `resources:`"))
            common = []
            return
        }
        var common: [Layer] = []
        var direct = Mapping()
        for entry in mapping.entries {
            if entry.key == "base" {
                common.append(Self.checked(entry.value, name, &problems))
            } else if let type = DataType(name: entry.key), ServiceSchema.root[entry.key] == nil {
                byType[type, default: []].append(Self.checked(entry.value, name, &problems))
            } else if let type = Self.typeOfMetrics(entry.key) {
                let metrics = Node.nested(["monitoring", "metrics"], entry.value)
                byType[type, default: []].append(Self.checked(metrics, name, &problems))
            } else {
                direct.append(unique: entry)
            }
        }
        if !direct.isEmpty {
            common.append(Self.checked(.mapping(direct, at: document.location), name, &problems))
        }
        self.common = common
    }

    /// The layers for a service of `type`, lowest first; none when the file says nothing to it.
    func layers(for type: DataType) -> [Layer] {
        common + (byType[type] ?? [])
    }

    private static func checked(_ section: Node, _ name: String, _ problems: inout DiagnosticCollector) -> Layer {
        if section.isNull { return Layer(name: name, values: .mapping(Mapping(), at: section.location)) }
        var check = ValueCheck()
        let node = check.checked(SchemaAliases.resolve(section, &problems))
        problems.report(contentsOf: check.problems)
        return Layer(name: name, values: node, invalid: check.invalid)
    }

    private static func typeOfMetrics(_ key: String) -> DataType? {
        key.hasSuffix("_metrics") ? DataType(name: String(key.dropLast("_metrics".count))) : nil
    }
}
