import ServiceModel
import Synchronization

/// The locks that one provider holds: asked before every write.
final class HeldLocks: Sendable {
    private let held = Mutex<[ServiceIdentity: LeaseLock]>([:])

    func hold(_ lock: LeaseLock, _ service: ServiceIdentity) -> any DeploymentLock {
        held.withLock { $0[service] = lock }
        return Hold(locks: self, service: service, lock: lock)
    }

    /// - Throws: ``Diagnostic`` when the service's lock was lost.
    func check(_ service: ServiceIdentity) async throws {
        try await held.withLock { $0[service] }?.check()
    }

    func holds(_ service: ServiceIdentity) -> Bool { held.withLock { $0[service] != nil } }

    private func free(_ lock: LeaseLock, _ service: ServiceIdentity) {
        held.withLock { held in
            // The next one of this process may hold it by now.
            if held[service] === lock { held[service] = nil }
        }
    }

    private struct Hold: DeploymentLock {
        let locks: HeldLocks
        let service: ServiceIdentity
        let lock: LeaseLock

        func release() async {
            await lock.release()
            locks.free(lock, service)
        }
    }
}
