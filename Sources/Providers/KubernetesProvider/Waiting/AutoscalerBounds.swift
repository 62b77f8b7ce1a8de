import Documents
import ServiceModel

/// Between which numbers an autoscaler keeps the replicas of a workload.
struct AutoscalerBounds: Sendable {
    let minimum: Int
    private let maximum: Int

    /// Nil where no autoscaler owns the workload's replicas.
    init?(of workload: DesiredObject, among objects: [DesiredObject]) {
        let autoscaler = objects.first { object in
            object.identity.kind == "HorizontalPodAutoscaler"
                && object.manifest.value("spec", "scaleTargetRef", "name")?.string == workload.identity.name
        }
        guard let spec = autoscaler?.manifest["spec"], workload.manifest.value("spec", "replicas")?.integer != 0 else {
            return nil
        }
        minimum = spec["minReplicas"]?.integer ?? 1
        maximum = spec["maxReplicas"]?.integer ?? .max
    }

    /// Whether the autoscaler has brought the workload within them.
    func hold(_ workload: Node) -> Bool {
        let replicas = workload.value("spec", "replicas")?.integer ?? 1
        return replicas >= minimum && replicas <= maximum
    }
}
