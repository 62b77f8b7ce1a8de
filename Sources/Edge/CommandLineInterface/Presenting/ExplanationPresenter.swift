import ConfigurationManager
import Diagnostics
import Documents
import ServiceModel
import TerminalUI

/// Prints where a value comes from, the winning layer last.
struct ExplanationPresenter {
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    func print(_ explanation: Explanation, of service: ServiceDeclaration, format: OutputFormat?) {
        switch format {
        case .json, .yaml:
            console.printDocument(Self.document(explanation, of: service), as: format)
        case .name:
            console.print("\(explanation.path)")
        case nil, .table, .wide:
            printText(explanation)
        }
    }

    private func printText(_ explanation: Explanation) {
        let style = console.style(for: .output)
        console.print("\(style.apply(.strong, "\(explanation.path)")) = \(Self.text(explanation.value))")
        console.print("  \(explanation.key.meaning)")
        console.print("  type: \(explanation.key.value.name)")
        if let absent = explanation.key.absent { console.print("  without a value: \(absent)") }
        if let alias = explanation.alias { console.print("  `\(alias)` is another spelling of this key") }
        if let rule = explanation.mergeRule { console.print("  merging: \(rule)") }
        guard !explanation.chain.isEmpty else {
            console.print("  no layer sets it")
            return
        }
        console.print("  set by, the last one wins:")
        let shown = explanation.chain.map { $0.location.isKnown ? "\($0.location)" : $0.layer }
        let width = shown.map(\.count).max() ?? 0
        for (step, place) in zip(explanation.chain, shown) {
            let padding = String(repeating: " ", count: width - place.count)
            let value = step.value.map { Self.text($0) } ?? "(deleted)"
            console.print("    \(style.apply(.faint, place))\(padding)  \(value)")
        }
    }

    private static func text(_ node: Node?) -> String {
        guard let node else { return "(not set)" }
        if let text = node.string { return text }
        return JSONEmitter.emit(node)
    }

    private static func document(_ explanation: Explanation, of service: ServiceDeclaration) -> Node {
        var mapping = Mapping()
        mapping["apiVersion"] = "synthdata.io/v1"
        mapping["kind"] = "Explanation"
        mapping["service"] = .string(service.name.value)
        mapping["path"] = .string(explanation.path.description)
        mapping["alias"] = explanation.alias.map { .string($0.description) }
        mapping["value"] = explanation.value
        mapping["meaning"] = .string(explanation.key.meaning)
        mapping["type"] = .string(explanation.key.value.name)
        mapping["absent"] = explanation.key.absent.map { .string($0) }
        mapping["chain"] = .sequence(
            explanation.chain.map { step in
                var mapping = Mapping()
                mapping["layer"] = .string(step.layer)
                mapping["location"] = step.location.document
                mapping["value"] = step.value
                mapping["deletes"] = step.value == nil ? true : nil
                return .mapping(mapping)
            })
        return .mapping(mapping)
    }
}
