import Glibc
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import LocalProvider

/// A request over which a replica dies goes to one other replica, and only where that can do no harm.
@Suite struct SecondTryTests {
    /// The requests of one test: a balancer before replicas that close each connection once they have read
    /// the request on it, and, where asked for, a last one that answers.
    private func ask(
        _ request: String, dying: Int, isLastGood: Bool, times: Int = 1
    ) async throws -> (statuses: [Int], dying: Int, good: Int) {
        let balancer = try await Balancer.make(on: MultiThreadedEventLoopGroup.singleton.next())
        let listener = try await balancer.listen(port: 0)
        defer { listener.close(promise: nil) }
        let port = try #require(listener.localAddress?.port)
        let replicas = try (0..<dying).map { _ in try SocketReplica(answers: false) }
        let good = isLastGood ? try SocketReplica(answers: true) : nil
        for (index, replica) in (replicas + [good].compactMap(\.self)).enumerated() {
            balancer.admit(name: "demo-\(index)", port: replica.port)
        }
        let statuses = try await OwnThread.run {
            try (0..<times).map { _ in try HTTPClient("http://127.0.0.1:\(port)").exchange(request).status }
        }
        return (statuses, replicas.map(\.requests).reduce(0, +), good?.requests ?? 0)
    }

    private static let bodiless = "Host: t\r\n\r\n"
    private static let withBody = "Host: t\r\nContent-Length: 2\r\n\r\nhi"

    @Test(arguments: ["GET", "DELETE", "OPTIONS"])
    func anIdempotentRequestWithoutABodyIsAnsweredByAnotherReplica(method: String) async throws {
        let result = try await ask(
            "\(method) / HTTP/1.1\r\n\(Self.bodiless)", dying: 1, isLastGood: true, times: 6)
        #expect(result.statuses == Array(repeating: 200, count: 6))
        #expect(result.good == 6)
        // Taking turns, the dying one was asked too: its requests are among the six that were answered.
        #expect(result.dying > 0)
    }

    @Test func noRequestEndsMoreThanTwoReplicas() async throws {
        let result = try await ask("GET / HTTP/1.1\r\n\(Self.bodiless)", dying: 4, isLastGood: false)
        #expect(result.statuses == [502])
        #expect(result.dying == 2)
    }

    static let once: [(name: String, request: String)] = [
        ("a POST with a body", "POST / HTTP/1.1\r\n\(withBody)"),
        ("a POST without a body", "POST / HTTP/1.1\r\n\(bodiless)"),
        ("a PUT with a body", "PUT / HTTP/1.1\r\n\(withBody)"),
        (
            "a POST in chunks",
            "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
        ),
    ]

    @Test(arguments: once)
    func whatCouldDoHarmTwiceIsNeverTriedTwice(name: String, request: String) async throws {
        let result = try await ask(request, dying: 1, isLastGood: true, times: 6)
        #expect(result.statuses.count { $0 == 502 } == result.dying, "\(name)")
        #expect(result.statuses.count { $0 == 200 } == result.good, "\(name)")
        #expect(result.dying > 0 && result.dying + result.good == 6, "\(name)")
    }
}

/// A replica of sockets alone: it reads a request from each connection, counts it, and answers or dies.
private final class SocketReplica: Sendable {
    let port: Int
    private let descriptor: Int32
    private let seen = Collected<Void>()

    var requests: Int { seen.all.count }

    init(answers: Bool) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        try #require(isListening)
        Task { [seen] in
            try await OwnThread.run {
                while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                    Self.serve(connection, answers: answers) { seen.append(()) }
                }
            }
        }
    }

    /// Ends the thread that accepts.
    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private static func serve(_ connection: Int32, answers: Bool, note: () -> Void) {
        defer { close(connection) }
        var request = ""
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !isWhole(request) {
            let read = recv(connection, &chunk, chunk.count, 0)
            guard read > 0 else { return }
            request += String(decoding: chunk[..<read], as: UTF8.self)
        }
        note()
        guard answers else { return }
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".utf8)
        _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
    }

    /// A body, where there is one, is two bytes or one chunk of them.
    private static func isWhole(_ request: String) -> Bool {
        guard let end = request.firstRange(of: "\r\n\r\n") else { return false }
        let head = request[..<end.lowerBound].lowercased()
        let body = request[end.upperBound...]
        if head.contains("transfer-encoding") { return body.hasSuffix("0\r\n\r\n") }
        return head.contains("content-length: 2") ? body.utf8.count >= 2 : true
    }
}
