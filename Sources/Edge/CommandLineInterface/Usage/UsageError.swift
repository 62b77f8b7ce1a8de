import Diagnostics

/// Flags that do not go together.
enum UsageError {
    /// `-o` with a format that the command does not print.
    static func format(_ command: String, _ formats: [OutputFormat]) -> Diagnostic {
        Diagnostic(
            .error, .outputFormat, "`\(command)` does not print this format",
            at: SourceLocation(file: SourceFile("-o")),
            fix: "use one of \(formats.map(\.rawValue).joined(separator: ", "))")
    }
}

extension Diagnostic.Code {
    static let outputFormat = Self("usage.output-format")
}
