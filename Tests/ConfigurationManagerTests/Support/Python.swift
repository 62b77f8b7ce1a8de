import Foundation
import Testing

/// The tests' own Python.
enum Python {
    static func run(_ script: String, _ arguments: String...) throws -> (status: Int32, output: String) {
        let python = Project.root.appending(path: ".venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path()),
            "the tests' Python is missing: run `make test`, or scripts/setup.sh once")
        let process = Process()
        process.executableURL = python
        process.arguments = [Project.root.appending(path: script).path()] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
