package import Diagnostics
import Documents

/// Prints problems: for people with the place first, for programs as one JSON document.
package struct DiagnosticsPrinter: Sendable {
    private let console: Console
    private let asJSON: Bool

    package init(console: Console, asJSON: Bool) {
        self.console = console
        self.asJSON = asJSON
    }

    /// Prints to standard error, in order.
    package func print(_ diagnostics: [Diagnostic]) {
        guard !diagnostics.isEmpty else { return }
        if asJSON {
            console.print(JSONEmitter.emit(Self.document(diagnostics)), to: .error)
            return
        }
        let style = console.style(for: .error)
        for diagnostic in diagnostics { console.print(Self.text(diagnostic, style), to: .error) }
    }

    private static func text(_ diagnostic: Diagnostic, _ style: Style) -> String {
        guard style.isColoured else { return diagnostic.description }
        var lines = diagnostic.description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let word = "\(diagnostic.severity.rawValue):"
        let meaning: Style.Meaning = diagnostic.severity == .error ? .bad : .warning
        lines[0] = lines[0].replacing(word, with: style.apply(meaning, word), maxReplacements: 1)
        for index in lines.indices.dropFirst() {
            for label in ["why:", "fix:", "note:"] where lines[index].hasPrefix("  " + label) {
                lines[index] = "  " + style.apply(.key, label) + lines[index].dropFirst(2 + label.count)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// `apiVersion: synthdata.io/v1, kind: DiagnosticList`.
    static func document(_ diagnostics: [Diagnostic]) -> Node {
        [
            "apiVersion": "synthdata.io/v1",
            "kind": "DiagnosticList",
            "diagnostics": .sequence(diagnostics.map(\.node)),
        ]
    }
}

extension Diagnostic {
    /// The diagnostic as a document: severity, code, what, and location, why, fix and notes where known.
    package var node: Node {
        var mapping = Mapping()
        mapping["severity"] = .string(severity.rawValue)
        mapping["code"] = .string(code.name)
        mapping["message"] = .string(what)
        if let location { mapping["location"] = location.node }
        if let why { mapping["why"] = .string(why) }
        if let fix { mapping["fix"] = .string(fix) }
        if !notes.isEmpty {
            mapping["notes"] = .sequence(
                notes.map { note in
                    var mapping = Mapping()
                    mapping["message"] = .string(note.message)
                    if let location = note.location, location.isKnown { mapping["location"] = location.node }
                    return .mapping(mapping)
                })
        }
        return .mapping(mapping)
    }
}

extension SourceLocation {
    /// `file`, and `line` and `column` where they make sense.
    package var node: Node {
        var mapping = Mapping()
        mapping["file"] = .string(file.name)
        if line > 0 { mapping["line"] = .integer(line) }
        if column > 0 { mapping["column"] = .integer(column) }
        return .mapping(mapping)
    }
}
