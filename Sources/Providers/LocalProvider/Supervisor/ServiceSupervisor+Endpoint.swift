import Diagnostics
import Documents
import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// The endpoint: where the balancer listens.
extension ServiceSupervisor {
    /// Makes the endpoint listen at the port that `state` wants, unless it does.
    func bind(_ state: DesiredState, preferring remembered: Int?) async -> Diagnostic? {
        let wanted = state.spec.port
        // Asked only after another call has ended: it may have bound the very port.
        while isBinding { try? await Task.sleep(for: .milliseconds(5)) }
        if let port, wanted == 0 || wanted == port, listener != nil { return nil }
        isBinding = true
        defer { isBinding = false }
        var last: (any Error)?
        for candidate in candidates(wanted, remembered) {
            do {
                let new = try await listen(candidate, isOurs: candidate == remembered)
                let old = listener
                listener = new
                port = new.localAddress?.port
                old?.close(promise: nil)
                if let port {
                    try? StateFile.replace(folder.port, with: Array("\(port)\n".utf8))
                    log.notice("listening on 127.0.0.1:\(port)")
                    if let remembered, wanted == 0, remembered != port { tellMove(from: remembered, to: port) }
                }
                return nil
            } catch {
                last = error
                log.info("port \(candidate): \(error)")
            }
        }
        return portProblem(state, wanted, last)
    }

    private func tellMove(from old: Int, to new: Int) {
        let holder = PortHolder.describe(port: old).map { " by \($0)" } ?? ""
        let text =
            "port \(old) is taken\(holder): the endpoint moves to 127.0.0.1:\(new); providers.local.port fixes one"
        log.warning("\(text)")
        emit(.warning(text))
    }

    /// The ports to try in turn. One that is not configured is derived from the service, so that the same
    /// service tends to get the same one, and lies below Linux's range for outgoing connections (from
    /// 32768, ip(7)), where any client could hold it just when it is needed again.
    private func candidates(_ wanted: Int, _ remembered: Int?) -> [Int] {
        if wanted != 0 { return [wanted] }
        let range = 20_000..<30_000
        let start = folder.path.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % range.count }
        let derived = (0..<32).map { range.lowerBound + (start + $0) % range.count }
        return (remembered.map { [$0] } ?? []) + derived + [0]
    }

    /// - Parameter isOurs: whether a supervisor that was just killed may still be letting go of it.
    private func listen(_ port: Int, isOurs: Bool) async throws -> any Channel {
        let deadline = ContinuousClock.now + .seconds(3)
        while true {
            do {
                return try await balancer.listen(port: port)
            } catch let error as IOError where error.errnoCode == EADDRINUSE && isOurs {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func portProblem(_ state: DesiredState, _ port: Int, _ error: (any Error)?) -> Diagnostic {
        let place = state.spec.location(of: ["spec", "port"])
        guard let error = error as? IOError, error.errnoCode == EADDRINUSE else {
            return Diagnostic(
                .error, .portTaken, "the endpoint cannot listen on 127.0.0.1:\(port)", at: place,
                why: error.map { "\($0)" }, fix: "choose another port, or 0 to let the system choose")
        }
        return Diagnostic(
            .error, .portTaken, "port \(port) is taken", at: place,
            why: PortHolder.describe(port: port).map { "\($0) listens on it" } ?? "another process listens on it",
            fix: "end that process, choose another port, or 0 to let the system choose")
    }

    func rememberedPort() -> Int? {
        guard let bytes = try? FileBytes.read(path: folder.port, maximumSize: 64) else { return nil }
        return Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    var endpoint: String? { port.map { "http://127.0.0.1:\($0)" } }
}
