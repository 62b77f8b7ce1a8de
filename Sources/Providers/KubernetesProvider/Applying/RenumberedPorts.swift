import Documents
import KubernetesClient
import ServiceModel

/// Ports of a Service whose number somebody else has changed.
///
/// The number is what tells the ports of a Service apart: to an apply, a port with another one is another port, which
/// stays beside the desired one. Both have the same name, and the server refuses that.
/// https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.30/#servicespec-v1-core
enum RenumberedPorts {
    static let path = NodePath(keys: ["spec", "ports"])

    /// Whether an apply was refused for want of a name, or because of one that two ports have.
    static func areRefused(_ status: APIStatus, _ object: DesiredObject) -> Bool {
        status.code == 422 && object.identity.kind == "Service" && !status.causes.isEmpty
            && status.causes.allSatisfy { cause in
                cause.field.hasPrefix("spec.ports[")
                    && (cause.reason == "FieldValueDuplicate" || cause.field.hasSuffix("].name"))
            }
    }

    /// The live ports, those with a desired name as they are desired; nil where none of them has another number.
    static func restored(_ live: Node, _ object: DesiredObject) -> Node? {
        guard let before = live[path]?.sequence, let wanted = object.manifest[path]?.sequence else { return nil }
        var ports = before
        for port in wanted {
            guard let index = ports.firstIndex(where: { $0["name"] == port["name"] && !isSame($0, port) }) else {
                continue
            }
            // What the server has added to it, such as the port of the nodes, stays.
            ports[index].merge(port)
            let restored = ports[index]
            ports = ports.enumerated().filter { $0.offset == index || !isSame($0.element, restored) }.map(\.element)
        }
        return ports == before ? nil : .sequence(ports)
    }

    private static func isSame(_ left: Node, _ right: Node) -> Bool {
        left["port"] == right["port"] && (left["protocol"]?.string ?? "TCP") == (right["protocol"]?.string ?? "TCP")
    }
}
