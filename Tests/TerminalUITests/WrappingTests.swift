import Diagnostics
import Testing

@testable import TerminalUI

/// On a terminal the lines of a diagnostic fit, and nothing that a person may want to copy is broken.
@Suite struct WrappingTests {
    private static let command = "synthdata-infra config explain resources.cpu --type tabular -f services/one.yaml"
    private static let diagnostic = Diagnostic(
        .error, .unexpected,
        "what is wrong is told in `lines that fit` however long it is, and tools still find its place",
        at: SourceLocation(file: SourceFile("a.yaml"), line: 1, column: 2),
        why: "it takes one of tabular, time_series, text, image, audio, video, and here is much more to read",
        fix: "run `\(command)` and see",
        notes: [
            .init(
                "the value that it disagrees with stands in another layer",
                at: SourceLocation(file: SourceFile("my long folder with spaces/layer.yaml"), line: 120, column: 14))
        ])

    @Test func linesFitAndHangBelowTheirText() {
        let lines = DiagnosticsPrinter.lines(Self.diagnostic, .plain, width: 60)
        #expect(
            lines == [
                "a.yaml:1:2: error: what is wrong is told in `lines that fit`",
                "    however long it is, and tools still find its place",
                "    [diagnostics.unexpected]",
                "  why: it takes one of tabular, time_series, text, image,",
                "        audio, video, and here is much more to read",
                "  fix: run",
                "        `\(Self.command)`",
                "        and see",
                "  note: the value that it disagrees with stands in another",
                "        layer (my long folder with spaces/layer.yaml:120:14)",
            ])
    }

    @Test(arguments: [40, 47, 60, 80, 100, 1000])
    func noTextIsLost(width: Int) {
        let lines = DiagnosticsPrinter.lines(Self.diagnostic, .plain, width: width)
        let words = lines.flatMap { $0.split(separator: " ") }
        #expect(words == Self.diagnostic.description.split(whereSeparator: { $0 == " " || $0 == "\n" }))
        for line in lines where line.count > width {
            let kept = [Self.command, "my long folder"]
            #expect(kept.contains { line.contains($0) }, "\(line)")
        }
    }

    @Test func aPlaceWithSpacesStaysWhole() {
        var diagnostic = Self.diagnostic
        diagnostic.location = SourceLocation(
            file: SourceFile("my long folder with spaces/layer.yaml"), line: 9, column: 1)
        let lines = DiagnosticsPrinter.lines(diagnostic, .plain, width: 40)
        #expect(lines[0] == "my long folder with spaces/layer.yaml:9:1:")
        #expect(lines[1] == "    error: what is wrong is told in")
    }

    @Test func withoutATerminalLinesStayWhole() {
        let lines = DiagnosticsPrinter.lines(Self.diagnostic, .plain, width: nil)
        #expect(lines.joined(separator: "\n") == Self.diagnostic.description)
    }

    @Test func coloursTakeNoRoom() {
        let plain = DiagnosticsPrinter.lines(Self.diagnostic, .plain, width: 60)
        let coloured = DiagnosticsPrinter.lines(Self.diagnostic, Style(isColoured: true), width: 60)
        #expect(coloured.map { $0.replacing(/\u{1B}\[\d+m/, with: "") } == plain)
        #expect(coloured[0].hasPrefix("a.yaml:1:2: \u{1B}[31merror:\u{1B}[0m what"))
        #expect(coloured[3].hasPrefix("  \u{1B}[36mwhy:\u{1B}[0m it takes"))
    }

    @Test func aQuoteThatIsNotClosedHoldsNothing() {
        let lines = WrappedText.lines("  why: a ` alone and more words", width: 16, indentation: "        ")
        #expect(lines == ["  why: a ` alone", "        and more", "        words"])
    }
}
