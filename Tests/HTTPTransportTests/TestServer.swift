import Foundation
import HTTPTransport
import TestSupport
import Testing

/// One of the servers in `Fixtures` in a process of its own, for as long as `body` runs.
struct TestServer {
    let port: Int
    var scheme = HTTPURL.Scheme.http

    /// All at once, their interpreters would start so slowly that clients gave up.
    private static let starting = Gate(places: 4)

    static var fixtures: URL { URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures") }

    static func with<Value>(
        _ arguments: [String] = ["http"], program: String = "server.py", _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        // Where `scripts/setup.sh` puts the packages that the servers import.
        let python = fixtures.appending(path: "../../../.venv/bin/python").path
        let (process, line) = try await start([python, fixtures.appending(path: program).path] + arguments)
        // It ends when it is let go.
        defer { withExtendedLifetime(process) {} }
        let port = try #require(Int(line))
        return try await body(TestServer(port: port, scheme: arguments.count > 1 ? .https : .http))
    }

    /// - Returns: the process and the first line that it prints.
    private static func start(_ command: [String]) async throws -> (LineProcess, String) {
        await starting.enter()
        let outcome = Result { try LineProcess(command) }
        let line = await (try? outcome.get())?.line() ?? ""
        await starting.leave()
        return (try outcome.get(), line)
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
