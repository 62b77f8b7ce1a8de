import Diagnostics
import Documents
import Glibc
import NIOHTTP1
import ServiceModel
import TestSupport
import Testing

@testable import LocalProvider

@Suite struct BalancerTests {
    @Test func passesRequestsAndResponsesOfEveryShape() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(env: ["TAG": "x"])).endpoint)
            try await OwnThread.run {
                try Self.bodies(endpoint)
                try Self.keepAlive(endpoint)
                try Self.brokenResponses(endpoint)
                try Self.headers(endpoint)
                try Self.streams(endpoint)
            }
        }
    }

    private static func bodies(_ endpoint: String) throws {
        let client = try HTTPClient(endpoint)
        let large = [UInt8](repeating: 7, count: 3_000_000)
        let post = "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(large.count)\r\n\r\n"
        #expect(try client.exchange(post, body: large).text == "3000000")
        let chunks = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
        let chunked = "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try client.exchange(chunked, body: Array(chunks.utf8)).text == "11")
        #expect(try client.exchange("GET /big?5000000 HTTP/1.1\r\nHost: t\r\n\r\n").body.count == 5_000_000)
        let head = try client.exchange("HEAD /big?77 HTTP/1.1\r\nHost: t\r\n\r\n", isHead: true)
        #expect(head.headers["content-length"] == "77")
        #expect(head.body.isEmpty)
        // Asked to wait for a go-ahead, a client gets it from the replica.
        try client.send(Array("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n".utf8))
        #expect(try client.response().status == 100)
        #expect(try client.exchange("", body: Array("four".utf8)).text == "4")
    }

    private static func keepAlive(_ endpoint: String) throws {
        let client = try HTTPClient(endpoint)
        try client.send(
            Array(String(repeating: "GET /slow?0.01 HTTP/1.1\r\nHost: t\r\n\r\n", count: 3).utf8))
        for _ in 0..<3 { #expect(try client.response().text == "x") }
        #expect(try client.exchange("GET / HTTP/1.0\r\n\r\n").headers["connection"] == "close")
        let closing = try HTTPClient(endpoint)
        let last = try closing.exchange("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        #expect(last.headers["connection"] == "close")
        #expect(throws: HTTPClient.Failure.self) { try closing.response() }
    }

    private static func brokenResponses(_ endpoint: String) throws {
        #expect(throws: HTTPClient.Failure.self) { try HTTPClient.get(endpoint, "/cut") }
        let dropped = try HTTPClient.get(endpoint, "/drop")
        #expect(dropped.status == 502)
        #expect(dropped.json?["error"] == "Bad Gateway")
        #expect(try HTTPClient(endpoint).exchange("NONSENSE\r\n\r\n").status == 400)
        let both = "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        #expect(try HTTPClient(endpoint).exchange(both).status == 400)
        #expect(try HTTPClient(endpoint).exchange("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n").status == 501)
    }

    private static func headers(_ endpoint: String) throws {
        let seen = try #require(
            try HTTPClient.get(
                endpoint, "/headers",
                headers: "Connection: X-Secret\r\nX-Secret: 1\r\nX-Forwarded-For: 10.0.0.1\r\nUpgrade: h2c\r\n"
            ).json)
        #expect(seen["x-secret"] == nil)
        #expect(seen["upgrade"] == nil)
        #expect(seen["x-forwarded-for"] == "10.0.0.1, 127.0.0.1")
        #expect(seen["x-forwarded-host"] == "test")
        #expect(seen["host"] == "test")
        #expect(seen["via"] == "1.1 synthdata-infra")
    }

    private static func streams(_ endpoint: String) throws {
        let client = try HTTPClient(endpoint)
        try client.send(Array("GET /stream HTTP/1.1\r\nHost: t\r\n\r\n".utf8))
        var text = ""
        // The first event comes alone: the others are sent when they are asked for.
        while !text.contains("data: 0") { text += try client.available() }
        #expect(try HTTPClient.get(endpoint, "/stream-on").status == 200)
        while !text.contains("data: 2") { text += try client.available() }
    }

    @Test func answers503WithAHintWhenNoReplicaIsReady() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest()).endpoint)
            let unready = "\(scratch.folder.data(0))/unready"
            try StateFile.replace(unready, with: [])
            #expect(try await scratch.eventually { try await scratch.snapshot().state == .failed })
            let answer = try await HTTPClient.get(endpoint, "/")
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == "1")
            #expect(answer.json?["message"] == "no replica is ready")
            // One that becomes ready meanwhile answers the waiting request. On a busy machine that may take longer than
            // the request waits.
            #expect(
                try await scratch.eventually {
                    try StateFile.replace(unready, with: [])
                    guard try await scratch.snapshot().state == .failed else { return false }
                    return try await OwnThread.run {
                        let client = try HTTPClient(endpoint)
                        try client.send(Array("GET / HTTP/1.1\r\nHost: t\r\n\r\n".utf8))
                        unlink(unready)
                        return try client.response().status == 200
                    }
                })
        }
    }

    @Test func holdsNoMoreThanASlowClientTakes() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest()).endpoint)
            let supervisor = try await scratch.snapshot().supervisor.pid
            let size = 200_000_000
            let read = try await OwnThread.run {
                let client = try HTTPClient(endpoint)
                try client.send(Array("GET /big?\(size) HTTP/1.1\r\nHost: t\r\n\r\n".utf8))
                usleep(700_000)
                return try client.available().utf8.count
            }
            #expect(read > 0)
            let pages = try #require(ProcessTable.entry(supervisor)?.residentPages)
            #expect(pages * sysconf(Int32(_SC_PAGESIZE)) < size / 2)
        }
    }

    @Test func aKeptConnectionThatTheReplicaClosesCostsNoRequest() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(env: ["DROP_SECOND": "1"])).endpoint)
            let statuses = try await OwnThread.run {
                let client = try HTTPClient(endpoint)
                return try (0..<6).flatMap { _ in
                    [
                        try client.exchange("GET / HTTP/1.1\r\nHost: t\r\n\r\n").status,
                        try client.exchange(
                            "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n", body: [1, 2]
                        ).status,
                    ]
                }
            }
            #expect(Set(statuses) == [200])
        }
    }

    @Test func spreadsRequestsOverTheReplicas() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(replicas: 3)).endpoint)
            let replicas = try await OwnThread.run {
                let client = try HTTPClient(endpoint)
                return try (0..<30).map { _ in
                    try client.exchange("GET / HTTP/1.1\r\nHost: t\r\n\r\n").json?["replica"]?.string
                }
            }
            #expect(Set(replicas).count == 3)
        }
    }

    @Test func aRequestInFlightIsFinishedBeforeItsReplicaEnds() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(env: ["TAG": "old"])).endpoint)
            async let slow = HTTPClient.get(endpoint, "/slow?1")
            try await Task.sleep(for: .milliseconds(200))
            try await scratch.deploy(scratch.manifest(env: ["TAG": "new"]))
            #expect(try await slow.text == "old")
        }
    }

    @Test func bodilessResponsesAreNotGivenABody() {
        for (method, status) in [(HTTPMethod.HEAD, 200), (.GET, 204), (.GET, 304)] {
            let head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status))
            let (result, ends) = ForwardedHeaders.response(head, to: method, version: .http1_1, closes: false)
            #expect(result.headers["transfer-encoding"].isEmpty)
            #expect(!ends)
        }
    }

    @Test func anOldClientGetsABodyThatEndsWithTheConnection() {
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["transfer-encoding": "chunked"])
        let (result, ends) = ForwardedHeaders.response(head, to: .GET, version: .http1_0, closes: false)
        #expect(ends)
        #expect(result.headers["connection"] == ["close"])
        #expect(result.headers["transfer-encoding"].isEmpty)
    }

    @Test func aFieldThatFramesTheMessageCannotBeListedAway() {
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/",
            headers: ["connection": "content-length, x-one", "content-length": "5", "x-one": "1", "host": "a"])
        let result = ForwardedHeaders.request(head, client: nil)
        #expect(result.headers["content-length"] == ["5"])
        #expect(result.headers["x-one"].isEmpty)
    }
}
