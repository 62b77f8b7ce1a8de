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

    /// One service's explanation is one document; those of a fleet are a list, or stand under the services' names.
    func print(_ explanations: [(service: ServiceDeclaration, explanation: Explanation)], format: OutputFormat?) {
        switch format {
        case .json, .yaml:
            let documents = explanations.map { Self.document($0.explanation, of: $0.service) }
            let list: Node = [
                "apiVersion": "synthdata.io/v1", "kind": "ExplanationList", "items": .sequence(documents),
            ]
            console.printDocument(documents.count == 1 ? documents[0] : list, as: format)
        case .name:
            for item in explanations { console.print("\(item.explanation.path)") }
        case nil, .table, .wide:
            for item in explanations {
                if explanations.count > 1 { console.print("\(item.service.name):") }
                printText(item.explanation)
            }
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
