/// Gathers the problems of one stage in the order they are found.
///
/// A value, passed `inout` down a stage; it keeps at most ``limit`` diagnostics and says how many more
/// there were, so that a file of the wrong kind does not print a thousand lines.
public struct DiagnosticCollector: Sendable {
    public static let limit = 100

    public private(set) var diagnostics: [Diagnostic] = []
    private var dropped = 0

    public init() {}

    public mutating func report(_ diagnostic: Diagnostic) {
        if diagnostics.count < Self.limit {
            diagnostics.append(diagnostic)
            return
        }
        dropped += 1
        // Warnings make room: an error that is not kept would let a broken input pass.
        if diagnostic.severity == .error, let last = diagnostics.lastIndex(where: { $0.severity == .warning }) {
            diagnostics.remove(at: last)
            diagnostics.append(diagnostic)
        }
    }

    public mutating func report(contentsOf report: DiagnosticReport) {
        for diagnostic in report.diagnostics { self.report(diagnostic) }
    }

    public var hasErrors: Bool {
        diagnostics.contains { $0.severity == .error }
    }

    /// The warnings, for a stage that went well all the same.
    public var warnings: [Diagnostic] {
        diagnostics.filter { $0.severity == .warning }
    }

    /// Throws everything gathered when any of it is an error.
    ///
    /// - Throws: ``DiagnosticReport``.
    public func throwIfErrors() throws(DiagnosticReport) {
        guard hasErrors else { return }
        var all = diagnostics
        if dropped > 0 {
            all.append(
                Diagnostic(
                    .warning, .tooManyProblems, "\(dropped) more problems are not shown", fix: "mend these first"))
        }
        throw DiagnosticReport(all)
    }

    /// Runs `work`, gathering what it throws. Returns nil when it threw.
    @discardableResult
    public mutating func gather<Value>(_ work: () throws -> Value) -> Value? {
        do {
            return try work()
        } catch let problem as Diagnostic {
            report(problem)
        } catch let problems as DiagnosticReport {
            report(contentsOf: problems)
        } catch {
            report(Diagnostic(.error, .unexpected, "\(error)"))
        }
        return nil
    }
}

extension Diagnostic.Code {
    public static let tooManyProblems = Self("diagnostics.too-many")
    /// An error that no part of the tool has words for.
    public static let unexpected = Self("diagnostics.unexpected", .failed)
}
