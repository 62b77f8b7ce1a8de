import Diagnostics
import Documents
import Glibc
import TestSupport

/// A small blocking HTTP/1.1 client, so that the balancer is not judged by the code that it is made of.
final class HTTPClient {
    struct Response {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: Node? { try? JSONParser.parse(body, file: .unknown) }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ endpoint: String, timeout: Int = 10) throws {
        guard let port = endpoint.split(separator: ":").last else {
            throw Failure(description: "no port in \(endpoint)")
        }
        var addresses: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo("127.0.0.1", String(port), nil, &addresses) == 0, let address = addresses?.pointee else {
            throw Failure(description: "\(endpoint) is no address")
        }
        defer { freeaddrinfo(addresses) }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let connected = connect(descriptor, address.ai_addr, address.ai_addrlen)
        guard connected == 0 else {
            let problem = errno
            close(descriptor)
            throw Failure(description: "connect: \(String(cString: strerror(problem)))")
        }
    }

    deinit { close(descriptor) }

    /// Waits on a thread of its own.
    static func get(_ endpoint: String, _ path: String) async throws -> Response {
        try await OwnThread.run { try get(endpoint, path) }
    }

    /// For who is on one already.
    static func get(_ endpoint: String, _ path: String, headers: String = "") throws -> Response {
        let client = try HTTPClient(endpoint)
        return try client.exchange("GET \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\(headers)\r\n")
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    func exchange(_ request: String, body: [UInt8] = [], isHead: Bool = false) throws -> Response {
        try send(Array(request.utf8) + body)
        return try response(isHead: isHead)
    }

    func response(isHead: Bool = false) throws -> Response {
        let head = String(decoding: try upTo("\r\n\r\n"), as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(description: "no status in \(head)")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        var body: [UInt8] = []
        if isHead || status < 200 || status == 204 || status == 304 {
        } else if headers["transfer-encoding"] == "chunked" {
            while true {
                let size = Int(String(decoding: try upTo("\r\n"), as: UTF8.self), radix: 16) ?? 0
                body += try exactly(size)
                _ = try exactly(2)
                if size == 0 { break }
            }
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            body = try exactly(length)
        } else {
            while try receive() {}
            body = buffer
        }
        return Response(status: status, headers: headers, body: body)
    }

    /// What has come until now, after waiting for at least one byte.
    func available() throws -> String {
        if buffer.isEmpty, try !receive() { throw Failure(description: "closed") }
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    private func upTo(_ mark: String) throws -> [UInt8] {
        let mark = Array(mark.utf8)
        while true {
            if buffer.count >= mark.count {
                for start in 0...(buffer.count - mark.count) where Array(buffer[start..<start + mark.count]) == mark {
                    let result = Array(buffer[..<start])
                    buffer.removeFirst(start + mark.count)
                    return result
                }
            }
            guard try receive() else { throw Failure(description: "closed after \(buffer.count) bytes") }
        }
    }

    private func exactly(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try receive() else { throw Failure(description: "closed after \(buffer.count) of \(count) bytes") }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    private func receive() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw Failure(description: "recv: \(String(cString: strerror(errno)))") }
        buffer += chunk[..<count]
        return count > 0
    }
}
