import NIOCore
import NIOPosix

/// A TCP connection that sends and receives plain bytes: nothing tidies up what the server says.
///
/// It is wrapped for asynchronous use once it is used: a wrapped one that a failing test leaves unused ends the process.
struct RawConnection {
    private let channel: any Channel

    static func open(port: Int) async throws -> RawConnection {
        RawConnection(
            channel: try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: port).get())
    }

    private func wrapped() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let channel = channel
        return try await channel.eventLoop.submit {
            let wrapped = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            // Until somebody was there to read, nothing was to be read.
            channel.setOption(.autoRead, value: true).whenComplete { _ in }
            return wrapped
        }.get()
    }

    /// Sends all of `parts`, then reads until the server closes, or until `responses` answers are complete.
    func exchange(_ parts: [String], responses: Int = .max) async throws -> [RawResponse] {
        try await wrapped().executeThenClose { inbound, outbound in
            for part in parts { try await outbound.write(ByteBuffer(string: part)) }
            var bytes: [UInt8] = []
            for try await buffer in inbound {
                bytes += buffer.readableBytesView
                if RawResponse.all(in: bytes).count >= responses { break }
            }
            return RawResponse.all(in: bytes)
        }
    }

    /// Sends `text`, then reads until the server closes.
    func receive(_ text: String) async throws -> [UInt8] {
        try await wrapped().executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var bytes: [UInt8] = []
            for try await buffer in inbound { bytes += buffer.readableBytesView }
            return bytes
        }
    }

    /// Sends requests one by one, each after the answer to the one before.
    func converse(_ requests: [String]) async throws -> [RawResponse] {
        try await wrapped().executeThenClose { inbound, outbound in
            var iterator = inbound.makeAsyncIterator()
            var bytes: [UInt8] = []
            for (index, request) in requests.enumerated() {
                try await outbound.write(ByteBuffer(string: request))
                while RawResponse.all(in: bytes).count <= index, let buffer = try await iterator.next() {
                    bytes += buffer.readableBytesView
                }
            }
            return RawResponse.all(in: bytes)
        }
    }
}

/// One HTTP answer cut out of a stream by its Content-Length.
struct RawResponse {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The complete answers at the start of `bytes`; interim (1xx) answers have no body.
    static func all(in bytes: [UInt8]) -> [RawResponse] {
        var responses: [RawResponse] = []
        var rest = bytes[...]
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            }
            let length = status < 200 ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
            guard rest.endIndex - end.upperBound >= length else { break }
            let body = rest[end.upperBound..<(end.upperBound + length)]
            responses.append(RawResponse(status: status, headers: headers, body: Array(body)))
            rest = rest[(end.upperBound + length)...]
        }
        return responses
    }
}
