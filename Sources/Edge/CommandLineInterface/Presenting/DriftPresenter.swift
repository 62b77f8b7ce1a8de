import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import TerminalUI

/// Prints what others have changed: each object, each field with its deployed and its live value, who and when.
struct DriftPresenter {
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    func print(_ drifts: [ServiceDrift], format: OutputFormat?) {
        switch format {
        case nil, .table, .wide: tell(drifts, to: .output, format: format)
        case .json, .yaml:
            let list: Node = [
                "apiVersion": "synthdata.io/v1", "kind": "DriftList", "items": .sequence(drifts.map(Self.document)),
            ]
            console.printDocument(list, as: format)
        case .name:
            for object in drifts.flatMap(\.objects) { console.print("\(object.resource)") }
        }
    }

    /// As text; nothing where data is asked for.
    func tell(_ drifts: [ServiceDrift], to stream: Console.Stream, format: OutputFormat?) {
        guard format == nil || format == .table || format == .wide else { return }
        if drifts.isEmpty { console.print("no services were deployed", to: .error) }
        for drift in drifts { tell(drift, to: stream) }
    }

    private func tell(_ drift: ServiceDrift, to stream: Console.Stream) {
        let style = console.style(for: stream)
        let name = drift.release.service.name
        guard !drift.isEmpty else {
            console.print("\(name): as deployed (revision \(drift.release.revision))", to: stream)
            return
        }
        console.print("\(name): differs from revision \(drift.release.revision)", to: stream)
        for object in drift.objects {
            let reason = object.reason.map { "  \($0)" } ?? ""
            let author = object.author.map { "  by \(Self.text($0))" } ?? ""
            console.print("  \(Self.symbol(object.kind, style)) \(object.resource)\(reason)\(author)", to: stream)
            for field in object.fields { tell(field, style, to: stream) }
        }
    }

    private func tell(_ field: FieldDrift, _ style: Style, to stream: Console.Stream) {
        console.print("      \(field.path)", to: stream)
        let origin = field.deployed.flatMap { $0.location.isKnown ? "   (\($0.location))" : nil } ?? ""
        let deployed = field.deployed.map(Self.text) ?? "(not there)"
        let live = field.live.map(Self.text) ?? "(removed)"
        let author = field.author.map { "   \(Self.text($0))" } ?? (field.live == nil ? "" : "   (no manager is named)")
        console.print(
            "        deployed: " + style.apply(.good, deployed) + style.apply(.faint, origin), to: stream)
        console.print("        live:     " + style.apply(.bad, live) + style.apply(.faint, author), to: stream)
    }

    private static func symbol(_ kind: ObjectDrift.Kind, _ style: Style) -> String {
        switch kind {
        case .changed: style.apply(.warning, "~ changed  ")
        case .missing: style.apply(.bad, "- missing  ")
        case .recreated: style.apply(.warning, "± recreated")
        }
    }

    private static func text(_ author: FieldAuthor) -> String {
        author.time.map { "\(author.manager), \($0)" } ?? author.manager
    }

    private static func text(_ node: Node) -> String {
        switch node.content {
        case .string(let text) where !text.contains("\n"): text.visible
        default: JSONEmitter.emit(node)
        }
    }

    private static func document(_ drift: ServiceDrift) -> Node {
        [
            "service": .string(drift.release.service.name.value),
            "namespace": .string(drift.release.service.namespace),
            "revision": .integer(drift.release.revision),
            "drifted": .bool(!drift.isEmpty),
            "objects": .sequence(drift.objects.map(document)),
        ]
    }

    private static func document(_ object: ObjectDrift) -> Node {
        var mapping = Mapping()
        mapping["apiVersion"] = .string(object.resource.apiVersion)
        mapping["kind"] = .string(object.resource.kind)
        mapping["namespace"] = object.resource.namespace.map { .string($0) }
        mapping["name"] = .string(object.resource.name)
        mapping["drift"] = .string(object.kind.rawValue)
        mapping["reason"] = object.reason.map { .string($0) }
        mapping["author"] = object.author.map(document)
        mapping["fields"] = .sequence(
            object.fields.map { field in
                var mapping = Mapping()
                mapping["path"] = .string(field.path.description)
                mapping["deployed"] = field.deployed
                mapping["live"] = field.live
                if let location = field.deployed?.location, location.isKnown { mapping["origin"] = location.document }
                mapping["author"] = field.author.map(document)
                return .mapping(mapping)
            })
        return .mapping(mapping)
    }

    private static func document(_ author: FieldAuthor) -> Node {
        var mapping = Mapping()
        mapping["manager"] = .string(author.manager)
        mapping["time"] = author.time.map { .string($0) }
        return .mapping(mapping)
    }
}
