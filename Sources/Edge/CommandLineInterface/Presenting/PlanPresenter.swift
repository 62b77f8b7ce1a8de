import Diagnostics
import Documents
import ServiceModel
import TerminalUI

/// Prints plans: each object that changes, each field with its old and new value and the line that set it.
struct PlanPresenter {
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    func print(_ plans: [Plan], format: OutputFormat?) throws(Diagnostic) {
        switch format {
        case nil, .table, .wide:
            for plan in plans { printText(plan) }
        case .json, .yaml:
            let list: Node = [
                "apiVersion": "synthdata.io/v1", "kind": "PlanList", "items": .sequence(plans.map(Self.document)),
            ]
            console.printDocument(list, as: format)
        case .name:
            for plan in plans {
                for change in plan.changes where change.action != .unchanged { console.print("\(change.resource)") }
            }
        }
    }

    private func printText(_ plan: Plan) {
        let style = console.style(for: .output)
        guard plan.hasChanges else {
            console.print("\(plan.release.service.name): no changes (revision \(plan.baseRevision))")
            printKept(plan)
            return
        }
        let revisions =
            plan.release.revision == plan.baseRevision
            ? "\(plan.baseRevision) stays" : "\(plan.baseRevision) -> \(plan.release.revision)"
        console.print("\(plan.release.service.name): revision \(revisions)")
        for change in plan.changes where change.action != .unchanged {
            let effect = change.effect == .none ? "" : "  [\(change.effect)]"
            let reason = change.reason.map { "  \($0)" } ?? ""
            console.print("  \(Self.symbol(change.action, style)) \(change.resource)\(effect)\(reason)")
            for field in change.fields { printField(field, style) }
        }
        printKept(plan)
    }

    private func printKept(_ plan: Plan) {
        for change in plan.changes where change.action == .unchanged {
            guard let reason = change.reason else { continue }
            console.print("  = keep    \(change.resource)  \(reason)")
        }
    }

    private func printField(_ field: FieldChange, _ style: Style) {
        console.print("      \(field.path)")
        if let old = field.old { console.print("        " + style.apply(.bad, "- \(Self.text(old))")) }
        if let new = field.new {
            let origin = new.location.isKnown ? "   (\(new.location))" : ""
            console.print("        " + style.apply(.good, "+ \(Self.text(new))") + style.apply(.faint, origin))
        }
    }

    private static func symbol(_ action: Change.Action, _ style: Style) -> String {
        switch action {
        case .create: style.apply(.good, "+ create ")
        case .update: style.apply(.warning, "~ update ")
        case .replace: style.apply(.warning, "± replace")
        case .delete: style.apply(.bad, "- delete ")
        case .unchanged: "  "
        }
    }

    private static func text(_ node: Node) -> String {
        switch node.content {
        case .string(let text) where !text.contains("\n"): text
        default: JSONEmitter.emit(node)
        }
    }

    private static func document(_ plan: Plan) -> Node {
        [
            "service": .string(plan.release.service.name.value),
            "namespace": .string(plan.release.service.namespace),
            "baseRevision": .integer(plan.baseRevision),
            "hasChanges": .bool(plan.hasChanges),
            "effect": .string(plan.effect.description),
            "changes": .sequence(plan.changes.map(document)),
        ]
    }

    private static func document(_ change: Change) -> Node {
        var mapping = Mapping()
        mapping["apiVersion"] = .string(change.resource.apiVersion)
        mapping["kind"] = .string(change.resource.kind)
        mapping["namespace"] = change.resource.namespace.map { .string($0) }
        mapping["name"] = .string(change.resource.name)
        mapping["action"] = .string(change.action.rawValue)
        mapping["effect"] = .string(change.effect.description)
        mapping["reason"] = change.reason.map { .string($0) }
        mapping["fields"] = .sequence(
            change.fields.map { field in
                var mapping = Mapping()
                mapping["path"] = .string(field.path.description)
                mapping["old"] = field.old
                mapping["new"] = field.new
                if let location = field.new?.location, location.isKnown { mapping["origin"] = location.document }
                return .mapping(mapping)
            })
        return .mapping(mapping)
    }
}
