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
        if let port, wanted == 0 || wanted == port, listener != nil { return nil }
        while isBinding { try? await Task.sleep(for: .milliseconds(5)) }
        isBinding = true
        defer { isBinding = false }
        var candidates = wanted == 0 ? [0] : [wanted]
        if wanted == 0, let remembered { candidates.insert(remembered, at: 0) }
        var last: (any Error)?
        for candidate in candidates {
            do {
                let new = try await balancer.listen(port: candidate)
                let old = listener
                listener = new
                port = new.localAddress?.port
                old?.close(promise: nil)
                if let port {
                    try? StateFile.replace(folder.port, with: Array("\(port)\n".utf8))
                    log.notice("listening on 127.0.0.1:\(port)")
                }
                return nil
            } catch {
                last = error
                log.warning("port \(candidate): \(error)")
            }
        }
        return portProblem(state, wanted, last)
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
