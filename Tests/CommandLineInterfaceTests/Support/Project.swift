import Subprocess
import Testing

/// The project that the tests belong to, and the programs of its environment.
enum Project {
    static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

    /// What a Python program prints, with the packages that `scripts/setup.sh` installs.
    static func python(_ program: String, _ arguments: [String] = [], input: String = "") async throws -> String {
        let result = try await Subprocess.run(
            .name("env"), arguments: .init(["\(root)/.venv/bin/python", "-c", program] + arguments),
            input: .string(input),
            output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)\n\(input)")
        return result.standardOutput
    }
}
