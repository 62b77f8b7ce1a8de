import Documents
import KubernetesClient
import ServiceModel

/// Where a service answers: its Ingress' host where it has one, else its name within the cluster.
struct ServiceEndpoint {
    let url: String?

    init(_ objects: [DesiredObject]) {
        self.init(manifests: objects.map(\.manifest))
    }

    init(manifests: [Node]) {
        let ingress = manifests.first { $0["kind"]?.string == "Ingress" }
        if let rule = ingress?.value("spec", "rules")?.sequence?.first, let host = rule["host"]?.string {
            let isSecure = ingress?.value("spec", "tls")?.sequence?.isEmpty == false
            url = "\(isSecure ? "https" : "http")://\(host)"
            return
        }
        let service = manifests.first { $0["kind"]?.string == "Service" }
        guard let service, let port = service.value("spec", "ports")?.sequence?.first?["port"]?.integer else {
            url = nil
            return
        }
        let host = "\(service.objectName).\(service.value("metadata", "namespace")?.string ?? "default").svc"
        url = "http://\(host)\(port == 80 ? "" : ":\(port)")"
    }
}
