import Documents
package import ServiceModel

/// What decides how many replicas a release has.
extension Release {
    /// Whether it is to have none.
    package var isStopped: Bool {
        resources.contains { $0.manifest.value("spec", "replicas")?.integer == 0 }
    }

    /// In words, which object's setting decides, and what it says: `Deployment/team/demo: replicas 3`. Nil where nothing
    /// decides.
    package var replicaKnob: String? {
        let workload = resources.first { $0.manifest.value("spec", "replicas")?.integer != nil }
        guard let autoscaler = resources.first(where: \.isAutoscaler) else {
            return workload.map { Self.words($0) }
        }
        if isStopped, let workload {
            return "\(Self.words(workload)), which switches \(autoscaler.identity) off"
        }
        guard case .between(let minimum, let maximum) = askedReplicas else { return nil }
        return "\(autoscaler.identity): minimum \(minimum), maximum \(maximum)"
    }

    private static func words(_ workload: Resource) -> String {
        "\(workload.identity): replicas \(workload.manifest.value("spec", "replicas")?.integer ?? 0)"
    }
}
