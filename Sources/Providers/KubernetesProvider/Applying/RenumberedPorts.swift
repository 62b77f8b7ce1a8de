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

    struct Restoration {
        /// All live ports, those with a desired name as they are desired.
        let ports: Node
        /// Which of the desired ones had another number.
        let restored: [NodePath]
        /// What the server would say if these were fields like others: who has set them.
        let conflict: APIStatus
    }

    /// Nil where no port has another number.
    static func restoration(_ live: Node, _ object: DesiredObject) -> Restoration? {
        guard let before = live[path]?.sequence, let wanted = object.manifest[path]?.sequence else { return nil }
        let managers = FieldManagers(of: live)
        var ports = before
        var restored: [NodePath] = []
        var strangers: [String] = []
        for (position, port) in wanted.enumerated() {
            guard let index = ports.firstIndex(where: { $0["name"] == port["name"] && !isSame($0, port) }) else {
                continue
            }
            restored.append(path.appending(position))
            if let place = before.firstIndex(where: { $0 == ports[index] }) {
                strangers += managers.others(at: path.appending(place).appending("port"), in: live)
            }
            // What the server has added to it, such as the port of the nodes, stays.
            ports[index].merge(port)
            let restored = ports[index]
            ports = ports.enumerated().filter { $0.offset == index || !isSame($0.element, restored) }.map(\.element)
        }
        if restored.isEmpty { return nil }
        return Restoration(
            ports: .sequence(ports), restored: restored,
            conflict: APIStatus(
                code: 409, reason: "Conflict", message: "a port has another number",
                causes: [
                    // Of all ports: who leaves one to others leaves them the list.
                    APIStatus.Cause(
                        reason: "FieldManagerConflict", field: ".\(path)",
                        message: "conflict with \"\(strangers.first ?? "somebody else")\" over the number of a port")
                ], request: "\(object.identity)"))
    }

    private static func isSame(_ left: Node, _ right: Node) -> Bool {
        left["port"] == right["port"] && (left["protocol"]?.string ?? "TCP") == (right["protocol"]?.string ?? "TCP")
    }
}
