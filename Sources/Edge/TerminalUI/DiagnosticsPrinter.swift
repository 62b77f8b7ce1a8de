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
        let description = diagnostic.description.visible
        guard style.isColoured else { return description }
        var lines = description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
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
            "diagnostics": .sequence(diagnostics.map(\.document)),
        ]
    }
}

extension String {
    /// The text with control characters made visible: what a file or a program says must not steer the
    /// terminal of whoever reads it.
    fileprivate var visible: String {
        guard unicodeScalars.contains(where: Self.steers) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            text += Self.steers(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x09: false
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
