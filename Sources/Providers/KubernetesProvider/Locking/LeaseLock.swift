import Diagnostics
import Documents
import FoundationEssentials
import HTTPTransport
import KubernetesClient
import ServiceModel
import Synchronization

/// Holds a service by a Lease in its namespace, renewed until it is freed.
///
/// Whoever dies without freeing it stops renewing, and the next one takes it over: at once where the holder was a
/// process of this machine that is gone, else when it has not been renewed for its duration.
///
/// https://kubernetes.io/docs/concepts/architecture/leases/
final class LeaseLock: DeploymentLock {
    private struct State {
        /// Until when the lease is surely ours; nil once it is lost or freed.
        var validUntil: ContinuousClock.Instant?
        var renewal: Task<Void, Never>?
        /// As it was written last.
        var lease: Node
    }

    private let api: KubernetesAPI
    private let service: ServiceIdentity
    private let record: LeaseRecord
    private let timing: LeaseTiming
    private let state: Mutex<State>
    /// Each makes the lease be looked at, and renewed.
    private let looks = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    private init(
        _ api: KubernetesAPI, _ service: ServiceIdentity, _ record: LeaseRecord, _ timing: LeaseTiming,
        lease: Node, validUntil: ContinuousClock.Instant
    ) {
        self.api = api
        self.service = service
        self.record = record
        self.timing = timing
        state = Mutex(State(validUntil: validUntil, lease: lease))
    }

    static func name(of service: ServiceIdentity) -> String { "synthdata-lock.\(service.name)" }

    /// - Parameters:
    ///   - holder: who deploys, for those who wait.
    ///   - wait: how long to wait while somebody else holds it.
    ///   - tell: told once who that is.
    /// - Throws: ``Diagnostic`` with `deploy.locked` when `wait` is over.
    static func take(
        _ api: KubernetesAPI, _ service: ServiceIdentity, holder: String, wait: TimeSpan, timing: LeaseTiming,
        tell: (String) -> Void
    ) async throws -> LeaseLock {
        let record = LeaseRecord(holder: holder)
        let end = ContinuousClock.now + .milliseconds(wait.milliseconds)
        var watched: (resourceVersion: String?, since: ContinuousClock.Instant)?
        var wasTold = false
        // There is seldom one: to make it says whether there is.
        let first = ContinuousClock.now
        if let lease = try await write(api, service, record, over: nil, timing) {
            let lock = LeaseLock(api, service, record, timing, lease: lease, validUntil: first + timing.duration)
            lock.beginRenewing()
            return lock
        }
        while true {
            let start = ContinuousClock.now
            let lease = try await api.get(.lease, namespace: service.namespace, name: name(of: service))
            if lease?.resourceVersion != watched?.resourceVersion || watched == nil {
                watched = (lease?.resourceVersion, start)
            }
            let other = lease.flatMap(LeaseRecord.init(lease:))
            let isFree = other.map { other in
                other.isGone || other.hasExpired(at: Date()) || start - (watched?.since ?? start) > other.duration
            }
            if isFree ?? true, let lease = try await write(api, service, record, over: lease, timing) {
                let lock = LeaseLock(api, service, record, timing, lease: lease, validUntil: start + timing.duration)
                lock.beginRenewing()
                return lock
            }
            if let other, !wasTold, isFree == false {
                wasTold = true
                tell(other.holder)
            }
            guard ContinuousClock.now < end else {
                throw Diagnostic(
                    .error, .locked, "another deployment of `\(service.name)` is under way",
                    why: "\(other?.holder ?? "somebody else") holds Lease \(service.namespace)/\(name(of: service))",
                    fix:
                        "wait for it to end, or wait longer with --lock-timeout; the lease of a process that was killed"
                        + " is taken over by itself")
            }
            try await Task.sleep(for: timing.poll)
        }
    }

    /// - Returns: the lease where it is ours now; nil when somebody was faster.
    private static func write(
        _ api: KubernetesAPI, _ service: ServiceIdentity, _ record: LeaseRecord, over lease: Node?,
        _ timing: LeaseTiming
    ) async throws -> Node? {
        do {
            let object = record.lease(of: service, name: name(of: service), duration: timing.duration, over: lease)
            return lease == nil
                ? try await api.create(.lease, namespace: service.namespace, object, isRepeatable: true)
                : try await api.replace(.lease, object)
        } catch let status as APIStatus where status.code == 409 {
            // A repeated request may have found its own first attempt.
            let now = try await api.get(.lease, namespace: service.namespace, name: name(of: service))
            return now.flatMap(LeaseRecord.init(lease:))?.token == record.token ? now : nil
        } catch let status as APIStatus where status.isNotFound && lease != nil {
            return nil
        }
    }

    /// - Throws: ``Diagnostic`` when the lease was lost: nothing may be written any more.
    func check() async throws(Diagnostic) {
        if isOurs { return }
        // The server may have been away for longer than the lease lasts. Where nobody has taken it meanwhile, it is
        // still ours, and the answer to this says so.
        if state.withLock({ $0.validUntil != nil }) { await renew() }
        if isOurs { return }
        throw Diagnostic(
            .error, .locked, "the lock of `\(service.name)` was lost amid the deployment",
            why: "Lease \(service.namespace)/\(Self.name(of: service)) could not be renewed in time, or was taken over",
            fix: "deploy again: what was done so far is completed")
    }

    private var isOurs: Bool {
        guard let validUntil = state.withLock({ $0.validUntil }) else { return false }
        return ContinuousClock.now < validUntil
    }

    /// Whether a lease is as this holder writes it.
    func wrote(_ lease: Node?) -> Bool { lease.flatMap(LeaseRecord.init(lease:))?.token == record.token }

    /// Looks whether the lease is still ours, before the time of the next renewal.
    func lookAgain() { looks.continuation.yield() }

    private func beginRenewing() {
        let clock = Task { [timing, ask = looks.continuation] in
            while !Task.isCancelled {
                try? await Task.sleep(for: timing.renewal)
                ask.yield()
            }
        }
        looks.continuation.onTermination = { _ in clock.cancel() }
        let task = Task { [weak self, stream = looks.stream] in
            for await _ in stream {
                guard let self else { return }
                await self.renew()
            }
        }
        state.withLock { $0.renewal = task }
    }

    private func renew() async {
        let start = ContinuousClock.now
        do {
            let lease = try await api.get(.lease, namespace: service.namespace, name: Self.name(of: service))
            guard state.withLock({ $0.validUntil != nil }) else { return }
            // One that was deleted, and that nobody has taken since, can be had again.
            let written =
                lease == nil || wrote(lease)
                ? try await Self.write(api, service, record, over: lease, timing) : nil
            state.withLock { state in
                if let written { state.lease = written }
                // Freed meanwhile: it stays so.
                if state.validUntil != nil { state.validUntil = written == nil ? nil : start + timing.duration }
            }
        } catch {
            // Until it is over it is ours, whoever cannot be asked.
        }
    }

    /// Who was interrupted frees it, too.
    func release() async {
        await Task { await free() }.value
    }

    private func free() async {
        let renewal = state.withLock { state in
            state.validUntil = nil
            return state.renewal
        }
        looks.continuation.finish()
        renewal?.cancel()
        await renewal?.value
        if (try? await delete(state.withLock(\.lease))) == true { return }
        // It was not as it was written last: an answer was lost, or it is not ours any more.
        guard let lease = try? await api.get(.lease, namespace: service.namespace, name: Self.name(of: service)),
            LeaseRecord(lease: lease)?.token == record.token
        else { return }
        _ = try? await delete(lease)
    }

    /// Who takes it over keeps its UID: only the version that was read is ours to delete.
    private func delete(_ lease: Node) async throws -> Bool {
        try await api.delete(
            .lease, namespace: service.namespace, name: Self.name(of: service), uid: lease.objectUID,
            resourceVersion: lease.resourceVersion)
    }
}
