/// All the problems that a stage found, thrown together so that they can be mended together.
public struct DiagnosticReport: Error, Sendable, Hashable {
    public let diagnostics: [Diagnostic]

    public init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }

    public init(_ diagnostic: Diagnostic) {
        diagnostics = [diagnostic]
    }

    /// The outcome of the first error: stages report the problem that stopped them first.
    public var outcome: Outcome {
        diagnostics.first { $0.severity == .error }?.code.outcome ?? .failed
    }
}

extension DiagnosticReport: CustomStringConvertible {
    public var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
