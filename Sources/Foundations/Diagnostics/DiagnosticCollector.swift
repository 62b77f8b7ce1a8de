/// Gathers the problems of one stage in the order they are found.
///
/// A value, passed `inout` down a stage; it keeps at most ``limit`` diagnostics, and ``kindLimit`` of one kind in one
/// file, and says how many more there were, so that a file of the wrong kind does not print a thousand lines.
public struct DiagnosticCollector: Sendable {
    public static let limit = 100
    public static let kindLimit = 10

    /// Problems that one look at the file would show to be the same.
    private struct Kind: Hashable {
        let code: Diagnostic.Code
        let severity: Diagnostic.Severity
        let file: SourceFile

        /// Nil for a problem that is of no line.
        init?(_ diagnostic: Diagnostic) {
            guard let location = diagnostic.location, location.line > 0 else { return nil }
            (code, severity, file) = (diagnostic.code, diagnostic.severity, location.file)
        }
    }

    public private(set) var diagnostics: [Diagnostic] = []
    private var dropped = 0
    private var counts: [Kind: Int] = [:]

    public init() {}

    public mutating func report(_ diagnostic: Diagnostic) {
        if let kind = Kind(diagnostic) {
            counts[kind, default: 0] += 1
            if counts[kind, default: 0] > Self.kindLimit { return }
        }
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

    /// Takes over what another collector gathered, with what it did not keep.
    public mutating func report(contentsOf other: DiagnosticCollector) {
        for diagnostic in other.diagnostics { report(diagnostic) }
        for (kind, count) in other.counts { counts[kind, default: 0] += max(0, count - Self.kindLimit) }
        dropped += other.dropped
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
        var all = summarised
        if dropped > 0 {
            all.append(
                Diagnostic(
                    .warning, .tooManyProblems, "\(dropped) more problems are not shown", fix: "mend these first"))
        }
        throw DiagnosticReport(all)
    }

    /// What was kept, and behind the last of each kind how many more there were.
    public var summarised: [Diagnostic] {
        var seen: [Kind: Int] = [:]
        return diagnostics.flatMap { diagnostic -> [Diagnostic] in
            guard let kind = Kind(diagnostic), let count = counts[kind], count > Self.kindLimit else {
                return [diagnostic]
            }
            seen[kind, default: 0] += 1
            guard seen[kind] == Self.kindLimit else { return [diagnostic] }
            let rest = Diagnostic(
                kind.severity, kind.code, "and \(count - Self.kindLimit) more like these",
                at: SourceLocation(file: kind.file))
            return [diagnostic, rest]
        }
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
