import Diagnostics
import Documents
import Foundation
import TestSupport
import Testing

/// AWS's own Python client, as the other one that signs, finds hosts and reads files.
struct Botocore {
    private let process: LineProcess

    /// - Parameter program: in `Fixtures`; it answers each line of JSON by one.
    init(_ program: String) throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let python = here.appending(path: "../../.venv/bin/python").path
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "the tests' Python is missing: run `make test`, or scripts/setup.sh once")
        process = try LineProcess([python, here.appending(path: "Fixtures/\(program)").path])
    }

    func ask(_ question: Node) async throws -> Node {
        let line = await process.ask(JSONEmitter.emit(question))
        try #require(!line.isEmpty, "the program has ended")
        return try JSONParser.parse(Array(line.utf8), file: .unknown)
    }
}
