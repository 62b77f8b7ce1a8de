import Diagnostics
import Documents
import ServiceModel

/// What the plan makes of a workload's pods.
struct PlannedRollout: Sendable {
    let workload: DesiredObject
    /// The `spec` of a pod as the server will make it: with the amounts that the namespace fills in.
    let pod: Node
    let shape: PodShape
    let replicas: Int
    let strategy: NodeFit.Strategy
    /// Whether pods are made: for a new workload, a new template or more replicas.
    let makesPods: Bool
    /// Whether those that run are replaced.
    let replacesPods: Bool

    /// - Parameters:
    ///   - filled: what becomes of the template's pod before it is judged.
    ///   - running: how many pods of the workload there are.
    init(
        _ workload: DesiredObject, _ objects: [DesiredObject], _ changes: [Change], running: Int = 0,
        filled: (Node) -> Node = { $0 }
    ) {
        self.workload = workload
        let spec = workload.manifest["spec"]
        pod = filled(spec?.value("template", "spec") ?? .null)
        shape = PodShape(pod)
        let autoscaler = objects.first { $0.identity.kind == "HorizontalPodAutoscaler" }
        replicas = spec?["replicas"]?.integer ?? Self.scaled(running, by: autoscaler?.manifest["spec"])
        strategy = Self.strategy(spec?["strategy"], replicas: replicas)
        let change = changes.first { $0.resource.isSameObject(workload.identity) }
        replacesPods = change?.effect == .rolling || change?.action == .replace
        let scales =
            change?.fields.contains { $0.path == AutoscalerHandover.path } == true
            || changes.contains { $0.resource.kind == "HorizontalPodAutoscaler" && $0.action != .unchanged }
        makesPods = replacesPods || change?.action == .create || scales
    }

    /// An autoscaler keeps what runs, within its bounds.
    private static func scaled(_ running: Int, by autoscaler: Node?) -> Int {
        let least = autoscaler?["minReplicas"]?.integer ?? 1
        return max(least, min(running, autoscaler?["maxReplicas"]?.integer ?? least))
    }

    /// With neither surge nor anything missing a rollout would stand still: then one may be missing.
    /// https://github.com/kubernetes/kubernetes/blob/v1.30.0/pkg/controller/deployment/util/deployment_util.go
    private static func strategy(_ strategy: Node?, replicas: Int) -> NodeFit.Strategy {
        if strategy?["type"]?.string == "Recreate" {
            return NodeFit.Strategy(replicas: replicas, surge: 0, unavailable: replicas)
        }
        let rolling = strategy?["rollingUpdate"]
        let surge = count(rolling?["maxSurge"], of: replicas, roundsUp: true)
        let unavailable = count(rolling?["maxUnavailable"], of: replicas, roundsUp: false)
        return NodeFit.Strategy(
            replicas: replicas, surge: surge, unavailable: surge == 0 ? max(1, unavailable) : unavailable)
    }

    /// A number, or a part of the replicas: `25%` where nothing is said.
    private static func count(_ value: Node?, of replicas: Int, roundsUp: Bool) -> Int {
        if let number = value?.integer { return number }
        let percent = value?.string.flatMap { Int($0.dropLast()) } ?? 25
        return roundsUp ? (replicas * percent + 99) / 100 : replicas * percent / 100
    }

    /// The line that configures how much of a resource a pod may have or asks for.
    ///
    /// - Parameter parts: `requests`, `limits`: the first that says something.
    func location(
        of resource: String, in parts: [String] = ["requests", "limits"], container: NodePath = Self.firstContainer
    ) -> SourceLocation {
        let resources = NodePath(Self.podPath.steps + container.steps).appending("resources")
        for part in parts {
            if let node = workload.manifest[resources.appending(part).appending(resource)], node.location.isKnown {
                return node.location
            }
        }
        return LiveComparison.location(of: resources, in: workload.manifest)
    }

    static let firstContainer = NodePath(keys: ["containers"]).appending(0)
    private static let podPath = NodePath(keys: ["spec", "template", "spec"])
}
