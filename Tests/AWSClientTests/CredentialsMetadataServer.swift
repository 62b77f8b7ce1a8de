import Foundation
import TestSupport
import Testing

/// The metadata services that `Fixtures/metadata.py` plays.
struct MetadataServer {
    /// One for all tests.
    private static let shared = Task { try await MetadataServer() }

    static func running() async throws -> MetadataServer { try await shared.value }

    private let process: LineProcess
    let address: String

    private init() async throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        process = try LineProcess([
            here.appending(path: "../../.venv/bin/python").path, here.appending(path: "Fixtures/metadata.py").path,
        ])
        let port = try #require(Int(await process.line()))
        address = "http://127.0.0.1:\(port)"
    }
}
