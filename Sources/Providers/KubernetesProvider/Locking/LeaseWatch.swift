import Documents
import KubernetesClient
import ServiceModel

/// Sees that somebody takes a lock away, or deletes it, which its holder would else learn of with its next renewal.
///
/// Of one namespace, for all locks that are held there. Where the user may not watch leases, renewals alone tell.
final class LeaseWatch: Sendable {
    private let task: Task<Void, Never>

    /// - Parameter held: the locks of this process, by the names of their leases, as they are then.
    init(_ namespace: String, api: KubernetesAPI, held: @escaping @Sendable () -> [String: LeaseLock]) {
        task = Task {
            try? await api.watch(Selection(.lease, namespace: namespace)) { event in
                switch event {
                case .listed(let all):
                    let leases = Dictionary(all.map { ($0.objectName, $0) }, uniquingKeysWith: { $1 })
                    for (name, lock) in held() where !lock.wrote(leases[name]) { lock.lookAgain() }
                case .changed(let lease):
                    if let lock = held()[lease.objectName], !lock.wrote(lease) { lock.lookAgain() }
                case .deleted(let lease): held()[lease.objectName]?.lookAgain()
                }
                return .goOn
            }
        }
    }

    deinit { task.cancel() }
}
