import Foundation
import HTTPTransport
import Testing

/// One of the servers in `Fixtures` in a process of its own, for as long as `body` runs.
struct TestServer {
    let port: Int
    var scheme = HTTPURL.Scheme.http

    static var fixtures: URL { URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures") }

    static func with<Value>(
        _ arguments: [String] = ["http"], program: String = "server.py", _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        let process = Process()
        // Where `scripts/setup.sh` puts the packages that the servers import.
        process.executableURL = fixtures.appending(path: "../../../.venv/bin/python")
        process.arguments = [fixtures.appending(path: program).path] + arguments
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        defer { try? input.fileHandleForWriting.close() }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        return try await body(TestServer(port: port, scheme: arguments.count > 1 ? .https : .http))
    }

    /// `target` is a path and, behind a `?`, a query.
    func url(_ target: String, host: String = "127.0.0.1") -> HTTPURL {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        return HTTPURL(
            scheme: scheme, host: host, port: port, path: parts[0], query: parts.count > 1 ? parts[1] : nil)
    }

    /// What the server counted under `name`, asked over a connection of its own.
    func count(_ name: String) async throws -> Int {
        let tls = TLSConfiguration(acceptsAnyCertificate: true)
        let response = try await CurlTransport(tls: tls, proxy: .direct).send(HTTPRequest(.get, url("/counts")))
        for line in response.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0] == name { return Int(words[1]) ?? 0 }
        }
        return 0
    }

    /// Asks until `condition` holds, ten seconds at most.
    static func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await condition()
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// The error that `body` throws.
func httpError<Value>(_ body: () async throws(HTTPError) -> Value) async throws -> HTTPError {
    do throws(HTTPError) {
        _ = try await body()
    } catch {
        return error
    }
    throw NothingThrown()
}

struct NothingThrown: Error {}
