import Testing

@testable import Diagnostics

@Suite struct DiagnosticTests {
    @Test func rendersEveryPart() {
        let place = SourceLocation(file: SourceFile("a.yaml"), line: 2, column: 3)
        let diagnostic = Diagnostic(
            .warning, .unexpected, "what", at: place, why: "one\ntwo", fix: "mend",
            notes: [.init("there", at: SourceLocation(file: SourceFile("--flag"))), .init("nowhere")])
        #expect(
            diagnostic.description == """
                a.yaml:2:3: warning: what [diagnostics.unexpected]
                  why: one
                        two
                  fix: mend
                  note: there (--flag)
                  note: nowhere
                """)
        #expect(Diagnostic(.error, .unexpected, "bare").description == "error: bare [diagnostics.unexpected]")
    }

    @Test func aReportEndsAsItsFirstError() {
        let report = DiagnosticReport([
            Diagnostic(.warning, .tooManyProblems, "w"), Diagnostic(.error, .unexpected, "first"),
            Diagnostic(.error, .tooManyProblems, "second"),
        ])
        #expect(report.outcome == .failed)
        #expect(DiagnosticReport([]).outcome == .failed)
        #expect(DiagnosticReport(Diagnostic(.error, .tooManyProblems, "x")).outcome == .invalid)
    }

    @Test func aKindOfProblemInAFileIsToldTenTimes() throws {
        let file = SourceFile("many.yaml")
        var inner = DiagnosticCollector()
        for line in 1...25 {
            inner.report(
                Diagnostic(.error, .unexpected, "\(line)", at: SourceLocation(file: file, line: line, column: 1)))
        }
        var outer = DiagnosticCollector()
        outer.report(contentsOf: inner)
        let other = SourceLocation(file: SourceFile("other.yaml"), line: 1, column: 1)
        outer.report(Diagnostic(.error, .unexpected, "other", at: other))
        let report = try #require(throws: DiagnosticReport.self) { try outer.throwIfErrors() }
        #expect(
            report.diagnostics.map(\.what) == (1...10).map { "\($0)" } + ["and 15 more like these", "other"])
        #expect(report.diagnostics[10].location?.description == "many.yaml")
    }

    @Test func theCollectorKeepsAHundredAndCountsTheRest() throws {
        var collector = DiagnosticCollector()
        for index in 0..<(DiagnosticCollector.limit + 12) {
            collector.report(Diagnostic(.error, .unexpected, "\(index)"))
        }
        let report = try #require(throws: DiagnosticReport.self) { try collector.throwIfErrors() }
        #expect(report.diagnostics.count == DiagnosticCollector.limit + 1)
        #expect(report.diagnostics.last?.what == "12 more problems are not shown")
    }

    /// A file of warnings must not hide the error that follows it.
    @Test func anErrorPastTheLimitStillCounts() {
        var collector = DiagnosticCollector()
        for _ in 0..<DiagnosticCollector.limit { collector.report(Diagnostic(.warning, .unexpected, "w")) }
        collector.report(Diagnostic(.error, .unexpected, "e"))
        #expect(collector.hasErrors)
        let report = #expect(throws: DiagnosticReport.self) { try collector.throwIfErrors() }
        #expect(report?.diagnostics.contains { $0.what == "e" } == true)
    }

    @Test func warningsAloneDoNotThrow() throws {
        var collector = DiagnosticCollector()
        collector.report(Diagnostic(.warning, .unexpected, "w"))
        try collector.throwIfErrors()
        #expect(collector.warnings.map(\.what) == ["w"])
    }

    @Test func gathersWhateverIsThrown() {
        struct Odd: Error {}
        var collector = DiagnosticCollector()
        collector.gather { throw Diagnostic(.error, .tooManyProblems, "one") }
        collector.gather { throw DiagnosticReport([Diagnostic(.error, .tooManyProblems, "two")]) }
        collector.gather { throw Odd() }
        #expect(collector.gather { 4 } == 4)
        #expect(collector.diagnostics.map(\.code) == [.tooManyProblems, .tooManyProblems, .unexpected])
    }
}
