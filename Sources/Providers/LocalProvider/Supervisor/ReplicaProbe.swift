import NIOCore

/// Asks a replica whether it is ready or alive.
struct ReplicaProbe: Sendable {
    let http: LoopbackHTTP
    let port: Int

    /// Enough of a body to tell a person what is wrong.
    private static let shownBody = 200

    /// Success is any status from 200 to 399, as of Kubernetes' HTTP probes.
    func ask(_ probe: LocalServiceSpec.Probe) async -> ProbeAnswer {
        do {
            guard let path = probe.path else {
                try await http.connect(port: port, timeout: probe.timeout)
                return ProbeAnswer(isGood: true, text: "port \(port) accepts connections")
            }
            let answer = try await http.get(port: port, path: path, timeout: probe.timeout, maximumBody: 1 << 16)
            let shown =
                String(decoding: answer.body.prefix(Self.shownBody), as: UTF8.self)
                .split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
            return ProbeAnswer(
                isGood: (200..<400).contains(answer.status), text: "\(path) answered \(answer.status)\(shown)")
        } catch {
            return ProbeAnswer(isGood: false, text: Self.describe(error, probe, port))
        }
    }

    private static func describe(_ error: any Error, _ probe: LocalServiceSpec.Probe, _ port: Int) -> String {
        switch error {
        case LoopbackHTTP.Failure.timedOut, ChannelError.connectTimeout:
            "no answer within \(probe.timeout) ms"
        case LoopbackHTTP.Failure.closed: "the connection was closed without an answer"
        case LoopbackHTTP.Failure.tooLarge: "the answer is too long"
        case is IOError: "nothing listens on port \(port)"
        default: "\(error)"
        }
    }
}
