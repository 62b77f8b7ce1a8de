import Diagnostics
import Documents
import ServiceModel

/// What a pod of a template asks of a node and of quotas.
struct PodShape: Sendable {
    /// Thousandths of each resource's unit: what is asked for, `pods` included.
    let requests: [String: Int]
    let limits: [String: Int]
    let nodeSelector: [String: String]
    let tolerations: [Toleration]
    /// Of which a node must fulfil one; empty where any node will do.
    let nodeTerms: [NodeTerm]

    struct Toleration: Sendable {
        let key: String?
        let value: String?
        let effect: String?
        let isForAnyValue: Bool

        /// https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
        func covers(_ taint: Node) -> Bool {
            (key == nil || key == taint["key"]?.string) && (effect == nil || effect == taint["effect"]?.string)
                && (isForAnyValue || (value ?? "") == (taint["value"]?.string ?? ""))
        }
    }

    /// - Parameter pod: the `spec` of a pod or of its template.
    init(_ pod: Node) {
        let containers = pod["containers"]?.sequence ?? []
        let initial = pod["initContainers"]?.sequence ?? []
        var requests = Self.total(containers, initial, Self.requests)
        for (resource, amount) in Self.amounts(pod["overhead"]) { requests[resource, default: 0] += amount }
        requests["pods"] = 1000
        self.requests = requests
        limits = Self.total(containers, initial) { Self.amounts($0.value("resources", "limits")) }
        nodeSelector = Dictionary(
            (pod["nodeSelector"]?.mapping?.entries ?? []).compactMap { entry in
                entry.value.string.map { (entry.key, $0) }
            }, uniquingKeysWith: { $1 })
        tolerations = (pod["tolerations"]?.sequence ?? []).map { toleration in
            Toleration(
                key: toleration["key"]?.string.flatMap { $0.isEmpty ? nil : $0 }, value: toleration["value"]?.string,
                effect: toleration["effect"]?.string.flatMap { $0.isEmpty ? nil : $0 },
                isForAnyValue: toleration["operator"]?.string == "Exists")
        }
        let affinity = pod.value("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
        nodeTerms = (affinity?["nodeSelectorTerms"]?.sequence ?? []).map(NodeTerm.init)
    }

    /// What one container asks for. What has a limit alone is asked for, too: Kubernetes fills it in.
    static func requests(_ container: Node) -> [String: Int] {
        amounts(container.value("resources", "limits"))
            .merging(amounts(container.value("resources", "requests")), uniquingKeysWith: { $1 })
    }

    /// The sum of the containers and of the init containers that stay, or what one init container needs beside those
    /// that stay and began before it, where that is more.
    ///
    /// https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    private static func total(
        _ containers: [Node], _ initial: [Node], _ amounts: (Node) -> [String: Int]
    ) -> [String: Int] {
        var staying: [String: Int] = [:]
        var peak: [String: Int] = [:]
        for container in initial {
            let own = amounts(container)
            let isSidecar = container["restartPolicy"]?.string == "Always"
            for (resource, amount) in own {
                peak[resource] = max(peak[resource] ?? 0, amount + (staying[resource] ?? 0))
                if isSidecar { staying[resource, default: 0] += amount }
            }
        }
        for container in containers { staying.merge(amounts(container), uniquingKeysWith: +) }
        return staying.merging(peak, uniquingKeysWith: max)
    }

    static func amounts(_ resources: Node?) -> [String: Int] {
        Dictionary(
            (resources?.mapping?.entries ?? []).compactMap { entry in
                amount(entry.value).map { (entry.key, $0) }
            }, uniquingKeysWith: { $1 })
    }

    /// Thousandths; nil for what is no quantity.
    static func amount(_ value: Node?) -> Int? {
        guard let value else { return nil }
        return Quantity(value.string ?? JSONEmitter.emit(value))?.milli
    }
}
