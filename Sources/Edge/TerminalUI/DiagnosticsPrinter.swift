package import Diagnostics
import Documents
import Synchronization

/// Prints problems: for people with the place first, for programs as one JSON document.
package struct DiagnosticsPrinter: Sendable {
    /// Everything that was told, in order: a pipeline may want it in a form of its own.
    private static let allTold = Mutex<[Diagnostic]>([])

    package static var told: [Diagnostic] { allTold.withLock(\.self) }

    private let console: Console
    private let asJSON: Bool

    package init(console: Console, asJSON: Bool) {
        self.console = console
        self.asJSON = asJSON
    }

    /// Prints to standard error, in order.
    package func print(_ diagnostics: [Diagnostic]) {
        guard !diagnostics.isEmpty else { return }
        Self.allTold.withLock { $0 += diagnostics }
        if asJSON {
            console.print(JSONEmitter.emit(Self.document(diagnostics)), to: .error)
            return
        }
        let style = console.style(for: .error)
        let width = console.width(.error)
        for diagnostic in diagnostics {
            for line in Self.lines(diagnostic, style, width: width) { console.print(line, to: .error) }
        }
    }

    /// A diagnostic as people read it.
    ///
    /// - Parameter width: columns of the terminal; nil leaves lines as long as they are. The place and the code are
    ///   never broken: tools look for them.
    static func lines(_ diagnostic: Diagnostic, _ style: Style, width: Int?) -> [String] {
        var lines = diagnostic.description.visible
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let width {
            let places = diagnostic.notes.compactMap { $0.location.map { "(\($0))".visible } }
            // A terminal so narrow that hardly a word fits does better by itself.
            let width = max(width, 40)
            let details = lines.dropFirst().flatMap {
                WrappedText.lines($0, width: width, indentation: "        ", keeping: places)
            }
            let place = diagnostic.location.map { "\($0):".visible } ?? ""
            lines = WrappedText.lines(lines[0], width: width, indentation: "    ", keeping: [place]) + details
        }
        let word = "\(diagnostic.severity.rawValue):"
        let meaning: Style.Meaning = diagnostic.severity == .error ? .bad : .warning
        if let index = lines.firstIndex(where: { $0.contains(word) }) {
            lines[index] = lines[index].replacing(word, with: style.apply(meaning, word), maxReplacements: 1)
        }
        for index in lines.indices.dropFirst() {
            for label in ["why:", "fix:", "note:"] where lines[index].hasPrefix("  " + label) {
                lines[index] = "  " + style.apply(.key, label) + lines[index].dropFirst(2 + label.count)
            }
        }
        return lines
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
