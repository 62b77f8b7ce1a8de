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

    /// What holds for every data type, and what does not.
    func print(_ general: GeneralExplanation, format: OutputFormat?) {
        switch format {
        case .json, .yaml:
            var document = Self.mapping(general.common)
            document["exceptions"] = .sequence(
                general.exceptions.map { item in
                    var mapping = Mapping()
                    mapping["type"] = .string(item.type.rawValue)
                    mapping["value"] = item.explanation.value
                    mapping["location"] = item.explanation.chain.last?.location.document
                    return .mapping(mapping)
                })
            console.printDocument(.mapping(document), as: format)
        case .name: console.print("\(general.common.path)")
        case nil, .table, .wide:
            printText(general.common)
            guard !general.exceptions.isEmpty else { return }
            console.print("  data types that differ (`--type TYPE` tells all of their layers):")
            printColumns(
                general.exceptions.map { item in
                    let place = item.explanation.chain.last.map(Self.place) ?? ""
                    return [item.type.rawValue, place, Self.text(item.explanation.value)]
                })
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
        printColumns(
            explanation.chain.map { step in [Self.place(step), step.value.map { Self.text($0) } ?? "(deleted)"] })
    }

    /// Rows in columns; all but the last column are aligned and faint.
    private func printColumns(_ rows: [[String]]) {
        let style = console.style(for: .output)
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).dropLast().map { cell, width in
                style.apply(.faint, cell) + String(repeating: " ", count: width - cell.count)
            }
            console.print("    " + (cells + row.suffix(1)).joined(separator: "  "))
        }
    }

    private static func place(_ step: Explanation.Step) -> String {
        step.location.isKnown ? "\(step.location)" : step.layer
    }

    private static func text(_ node: Node?) -> String {
        guard let node else { return "(not set)" }
        if let text = node.string { return text }
        return JSONEmitter.emit(node)
    }

    private static func document(_ explanation: Explanation, of service: ServiceDeclaration) -> Node {
        .mapping(mapping(explanation, of: service))
    }

    private static func mapping(_ explanation: Explanation, of service: ServiceDeclaration? = nil) -> Mapping {
        var mapping = Mapping()
        mapping["apiVersion"] = "synthdata.io/v1"
        mapping["kind"] = "Explanation"
        mapping["service"] = service.map { .string($0.name.value) }
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
        return mapping
    }
}
