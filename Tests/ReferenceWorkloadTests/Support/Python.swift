import Subprocess
import Testing

/// Judges the workload's output with readers that its authors didn't write: Python's standard library.
enum Python {
    /// Runs a script with `input` on its standard input, and returns what it prints without the last line break.
    static func run(_ script: String, input: [UInt8] = []) async throws -> String {
        let result = try await Subprocess.run(
            .name("python3"), arguments: ["-c", script], input: .array(input), output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 20))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        let output = result.standardOutput
        return output.hasSuffix("\n") ? String(output.dropLast()) : output
    }
}
