import Diagnostics
import Documents
import Subprocess
import Testing

/// What a command printed and how it ended.
struct Finished: Sendable {
    /// The exit code; of a signal, 128 and its number, as shells say it.
    let code: Int32
    let output: String
    let error: String

    init(_ status: TerminationStatus, output: String, error: String) {
        switch status {
        case .exited(let code): self.code = code
        case .signaled(let number): code = 128 + number
        }
        self.output = output
        self.error = error
    }

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// Standard output as Python reads it: one JSON document.
    func document() async throws -> Node { try await Self.read(output) }

    /// Standard error as Python reads it: one JSON document.
    func problems() async throws -> Node { try await Self.read(error) }

    private static func read(_ text: String) async throws -> Node {
        let python = try await Subprocess.run(
            .name("python3"), arguments: ["-c", "import json, sys; json.dump(json.load(sys.stdin), sys.stdout)"],
            input: .string(text), output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
        try #require(python.terminationStatus.isSuccess, "not JSON: \(text)\n\(python.standardError)")
        return try parsed(python.standardOutput)
    }

    static func parsed(_ text: String) throws -> Node { try YAMLParser.parseOne(text, file: SourceFile("output")) }
}
