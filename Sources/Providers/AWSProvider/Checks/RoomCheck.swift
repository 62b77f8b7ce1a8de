import Diagnostics
import Documents
import ServiceModel

/// Looks whether the most nodes of a service have room for the replicas that it is to have.
struct RoomCheck: Sendable {
    let release: Release

    func problems(_ group: Resource) -> [Diagnostic] {
        guard let spec = group.manifest["spec"], let most = spec.value("scalingConfig", "maxSize"),
            let perNode = spec["replicasPerNode"]?.integer, perNode > 0, let replicas,
            let count = replicas.integer, let limit = most.integer, count > limit * perNode
        else { return [] }
        return [
            Diagnostic(
                .error, .room, "\(limit) node\(limit == 1 ? "" : "s") have no room for \(count) replicas",
                at: (spec.value("limits", "maxNodes") ?? most).location,
                why: "each has room for \(perNode)",
                fix: "set `scheduling.node_pool.max_nodes` to \((count + perNode - 1) / perNode) or more")
        ]
    }

    private var replicas: Node? {
        let autoscaler = release.resources.first { $0.identity.kind == "HorizontalPodAutoscaler" }
        let workload = release.resources.first { $0.identity.kind == "Deployment" }
        return workload?.manifest.value("spec", "replicas") ?? autoscaler?.manifest.value("spec", "minReplicas")
    }
}

extension Diagnostic.Code {
    static let room = Self("aws.no-room", .failed)
}
