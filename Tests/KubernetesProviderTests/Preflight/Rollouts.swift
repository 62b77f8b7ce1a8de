import Diagnostics
import Documents
import KubernetesClient
import ServiceModel
import Testing

@testable import KubernetesProvider

/// Rollouts and nodes as tables of cases write them.
enum Rollouts {
    static let file = SourceFile("service.yaml")

    static func yaml(_ text: String) throws -> Node { try YAMLParser.parseOne(text, file: file) }

    /// A Deployment of this pod.
    ///
    /// - Parameters:
    ///   - strategy: of the Deployment, as YAML.
    ///   - effect: of the change; nil means that the Deployment is new.
    static func rollout(
        pod: String, replicas: Int = 1, strategy: String = "{}", effect: Effect? = nil, scales: Bool = false,
        running: Int = 0, ranges: [Node] = []
    ) throws -> PlannedRollout {
        let manifest = try yaml(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: demo, namespace: test}
            spec: {replicas: \(replicas), strategy: \(strategy), template: {spec: \(pod)}}
            """)
        let resource = try #require(Resource(manifest: manifest))
        let object = DesiredObject(resource, as: .deployment)
        let fields = scales ? [FieldChange(path: AutoscalerHandover.path, old: .integer(running), new: nil)] : []
        let change = Change(
            resource: resource.identity, action: effect == nil ? .create : .update, effect: effect ?? .none,
            fields: fields)
        return PlannedRollout(object, [object], [change], running: running, filled: LimitRanges(ranges).filled)
    }

    /// A pod of one container with these requests and limits.
    static func pod(_ requests: String, limits: String = "{}", _ more: String = "") -> String {
        "{containers: [{name: workload, resources: {requests: \(requests), limits: \(limits)}}]\(more)}"
    }

    /// `cpu: 4, memory: 8Gi`
    static func node(
        _ name: String, _ allocatable: String = "cpu: 4, memory: 8Gi, pods: 110", labels: String = "",
        spec: String = "", isReady: Bool = true
    ) throws -> NodeFit.Place {
        NodeFit.Place(
            try yaml(
                """
                metadata: {name: \(name), labels: {\(labels)}}
                spec: {\(spec)}
                status:
                  allocatable: {\(allocatable)}
                  conditions: [{type: Ready, status: '\(isReady ? "True" : "False")'}]
                """))
    }

    /// Whether `text` has the part that a case wants of it; an empty part is not wanted.
    static func has(_ text: String?, _ part: String) -> Bool { part.isEmpty || text?.contains(part) == true }

    static func shape(_ pod: String) throws -> PodShape { PodShape(try yaml(pod)) }
}
