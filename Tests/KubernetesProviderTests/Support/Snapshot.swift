import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel

extension TestNamespace {
    private static func type(_ group: String, _ version: String, _ kind: String, _ plural: String) -> ResourceType {
        ResourceType(group: group, version: version, kind: kind, plural: plural, isNamespaced: true)
    }

    static let service = type("", "v1", "Service", "services")
    static let disruption = type("policy", "v1beta1", "PodDisruptionBudget", "poddisruptionbudgets")
    static let ingress = type("networking.k8s.io", "v1", "Ingress", "ingresses")
    static let claim = type("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
    static let account = type("", "v1", "ServiceAccount", "serviceaccounts")
    static let quota = type("", "v1", "ResourceQuota", "resourcequotas")
    static let autoscaler = type("autoscaling", "v2beta2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")

    static let kinds = [
        .configMap, service, .deployment, disruption, ingress,
        account,
        type("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
        autoscaler,
    ]

    /// Everything that matters of the namespace's objects: what differs from one run to another is left out, and the
    /// lease of a holder that is gone, which keeps nobody waiting.
    func snapshot() async throws -> [String] {
        var lines: [String] = []
        for kind in Self.kinds {
            for object in try await api.list(Selection(kind, namespace: name)).items {
                if ["default", "kube-root-ca.crt"].contains(object.objectName) { continue }
                lines.append("\(kind.kind)/\(object.objectName) \(try await essence(of: object))")
            }
        }
        let releases = try await provider().provider.releases.releases(of: service())
        lines.append("runs \(releases.filter { $0.status == .deployed }.map(\.version))")
        return lines.map { $0.split(separator: name, omittingEmptySubsequences: false).joined(separator: "NS") }
    }

    private func essence(of object: Node) async throws -> String {
        if let inventory = object.value("data", "inventory.json")?.string {
            return try await listed(JSONParser.parse(inventory, file: .unknown)).joined(separator: ", ")
        }
        var fields = Mapping()
        for key in ["data", "spec"] { fields[key] = object[key] }
        // Drawn by the server.
        if var spec = fields["spec"]?.mapping {
            for key in ["clusterIP", "clusterIPs"] { spec.remove(key) }
            fields["spec"] = .mapping(spec)
        }
        fields["labels"] = object.value("metadata", "labels")
        return JSONEmitter.emit(.mapping(fields))
    }

    /// What an inventory lists, and whether it is the very object.
    private func listed(_ inventory: Node) async throws -> [String] {
        var lines: [String] = []
        for item in inventory.sequence ?? [] {
            let type = Self.kinds.first { $0.kind == item["kind"]?.string }
            let live = try await type.flatMapAsync {
                try await api.get($0, namespace: name, name: item["name"]?.string ?? "")
            }
            let isIt = live?.objectUID == item["uid"]?.string
            lines.append("\(item["kind"]?.string ?? "")/\(item["name"]?.string ?? "")\(isIt ? "" : " (another)")")
        }
        return lines.sorted()
    }
}

extension Optional {
    fileprivate func flatMapAsync<Result>(_ work: (Wrapped) async throws -> Result?) async rethrows -> Result? {
        if let self { return try await work(self) }
        return nil
    }
}
