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

    struct Toleration: Sendable {
        let key: String?
        let value: String?
        let effect: String?
        let isForAnyValue: Bool

        func covers(_ taint: Node) -> Bool {
            (key == nil || key == taint["key"]?.string) && (effect == nil || effect == taint["effect"]?.string)
                && (isForAnyValue || (value ?? "") == (taint["value"]?.string ?? ""))
        }
    }

    /// - Parameter pod: the `spec` of a pod or of its template.
    init(_ pod: Node) {
        var requests = ["pods": 1000]
        var limits: [String: Int] = [:]
        for container in pod["containers"]?.sequence ?? [] {
            let asked = Self.amounts(container.value("resources", "requests"))
            let bounds = Self.amounts(container.value("resources", "limits"))
            // What has a limit alone is asked for, too: Kubernetes fills it in.
            for (resource, amount) in bounds.merging(asked, uniquingKeysWith: { $1 }) {
                requests[resource, default: 0] += amount
            }
            for (resource, amount) in bounds { limits[resource, default: 0] += amount }
        }
        // Init containers run one after another, before the others: the largest counts.
        for container in pod["initContainers"]?.sequence ?? [] {
            for (resource, amount) in Self.amounts(container.value("resources", "requests")) {
                requests[resource] = max(requests[resource] ?? 0, amount)
            }
        }
        self.requests = requests
        self.limits = limits
        nodeSelector = Dictionary(
            (pod["nodeSelector"]?.mapping?.entries ?? []).compactMap { entry in
                entry.value.string.map { (entry.key, $0) }
            }, uniquingKeysWith: { $1 })
        tolerations = (pod["tolerations"]?.sequence ?? []).map { toleration in
            Toleration(
                key: toleration["key"]?.string, value: toleration["value"]?.string,
                effect: toleration["effect"]?.string, isForAnyValue: toleration["operator"]?.string == "Exists")
        }
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
