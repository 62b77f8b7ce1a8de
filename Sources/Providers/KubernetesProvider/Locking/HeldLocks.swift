import Diagnostics
import ServiceModel
import Synchronization

/// The locks that one provider holds: asked before every write.
final class HeldLocks: Sendable {
    private let held = Mutex<[ServiceIdentity: LeaseLock]>([:])

    /// - Throws: ``Diagnostic`` with `deploy.locked` where another task of this process still works under a lock that
    ///   it has lost: it would take this one for its own.
    func hold(_ lock: LeaseLock, _ service: ServiceIdentity) async throws -> any DeploymentLock {
        let isFirst = held.withLock { held in
            if held[service] != nil { return false }
            held[service] = lock
            return true
        }
        if isFirst { return Hold(locks: self, service: service, lock: lock) }
        await lock.release()
        throw Diagnostic(
            .error, .locked, "another deployment of `\(service.name)` is under way",
            why: "this command deploys it already, and has lost its lock meanwhile",
            fix: "deploy again when it has ended")
    }

    /// - Throws: ``Diagnostic`` when the service's lock was lost.
    func check(_ service: ServiceIdentity) async throws {
        try await held.withLock { $0[service] }?.check()
    }

    func holds(_ service: ServiceIdentity) -> Bool { held.withLock { $0[service] != nil } }

    private func free(_ service: ServiceIdentity) { held.withLock { $0[service] = nil } }

    private struct Hold: DeploymentLock {
        let locks: HeldLocks
        let service: ServiceIdentity
        let lock: LeaseLock

        func release() async {
            // First: as soon as the lease is free, the next one of this process may hold it.
            locks.free(service)
            await lock.release()
        }
    }
}
