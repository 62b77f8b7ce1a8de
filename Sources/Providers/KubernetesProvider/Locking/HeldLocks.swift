import Diagnostics
import KubernetesClient
import ServiceModel
import Synchronization

/// The locks that one provider holds: asked before every write.
final class HeldLocks: Sendable {
    private struct State {
        var held: [ServiceIdentity: LeaseLock] = [:]
        /// By namespace, where any is held.
        var watches: [String: LeaseWatch] = [:]
    }

    private let api: KubernetesAPI
    private let state = Mutex(State())

    init(api: KubernetesAPI) {
        self.api = api
    }

    /// - Throws: ``Diagnostic`` with `deploy.locked` where another task of this process still works under a lock that
    ///   it has lost: it would take this one for its own.
    func hold(_ lock: LeaseLock, _ service: ServiceIdentity) async throws -> any DeploymentLock {
        let isFirst = state.withLock { state in
            if state.held[service] != nil { return false }
            state.held[service] = lock
            if state.watches[service.namespace] == nil { state.watches[service.namespace] = watch(service.namespace) }
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
        try await state.withLock { $0.held[service] }?.check()
    }

    func holds(_ service: ServiceIdentity) -> Bool { state.withLock { $0.held[service] != nil } }

    private func watch(_ namespace: String) -> LeaseWatch {
        LeaseWatch(namespace, api: api) { [weak self] in
            guard let held = self?.state.withLock(\.held) else { return [:] }
            let here = held.filter { $0.key.namespace == namespace }
            return Dictionary(uniqueKeysWithValues: here.map { (LeaseLock.name(of: $0), $1) })
        }
    }

    private func free(_ service: ServiceIdentity) {
        state.withLock { state in
            state.held[service] = nil
            if !state.held.keys.contains(where: { $0.namespace == service.namespace }) {
                state.watches[service.namespace] = nil
            }
        }
    }

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
