import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

/// What has to be known of a pod to ask how much it makes and uses.
struct PodFacts: Sendable {
    /// The container that does the service's work.
    private static let container = "workload"

    let uid: String
    let namespace: String
    let name: String
    let address: String?
    /// Where its metrics are; nil without a port.
    let port: Int?
    let isReady: Bool
    /// When the container was started, in seconds since 1970: its counters began at zero then.
    let started: Double?
    /// Cores that the containers may use, or are promised where there is no limit; nil where neither is said.
    let grantedCPU: Double?
    /// Bytes, likewise.
    let grantedMemory: Double?

    init(_ pod: Node) {
        uid = pod.objectUID ?? ""
        namespace = pod.objectNamespace ?? ""
        name = pod.objectName
        address = pod.value("status", "podIP")?.string
        isReady = pod.condition("Ready")?.isTrue == true && !pod.isTerminating
        let containers = pod.value("spec", "containers")?.sequence ?? []
        let workload = containers.first { $0["name"]?.string == Self.container } ?? containers.first
        let ports = workload?["ports"]?.sequence ?? []
        port = (ports.first { $0["name"]?.string == "http" } ?? ports.first)?["containerPort"]?.integer
        let status = (pod.value("status", "containerStatuses")?.sequence ?? [])
            .first { $0["name"]?.string == workload?["name"]?.string }
        started =
            status?.value("state", "running", "startedAt")?.string
            .flatMap { try? Date($0, strategy: .iso8601) }?.timeIntervalSince1970
        grantedCPU = Self.granted("cpu", containers)
        grantedMemory = Self.granted("memory", containers)
    }

    /// Nil where a container has neither limit nor request: it may use what there is.
    private static func granted(_ resource: String, _ containers: [Node]) -> Double? {
        var sum = 0.0
        for container in containers {
            let amount =
                container.value("resources", "limits", resource)
                ?? container.value("resources", "requests", resource)
            guard let amount, let quantity = Quantity(amount.string ?? amount.number.map { "\($0)" } ?? "") else {
                return nil
            }
            sum += quantity.double
        }
        return sum > 0 ? sum : nil
    }
}
