import ServiceModel

/// The order in which objects are applied: what others refer to comes first.
enum ApplyOrder {
    private static let kinds = [
        "Namespace", "ServiceAccount", "Role", "RoleBinding", "NetworkPolicy", "Secret", "ConfigMap",
        "PersistentVolumeClaim", "Service", "PodDisruptionBudget", "Deployment", "HorizontalPodAutoscaler", "Ingress",
    ]

    private static let positions = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1, $0) })

    /// Kinds that are not listed come last; objects of one kind by name.
    static func sorted(_ resources: [Resource]) -> [Resource] {
        resources.sorted { left, right in
            let before = positions[left.identity.kind] ?? kinds.count
            let after = positions[right.identity.kind] ?? kinds.count
            return before == after
                ? (left.identity.kind, left.identity.name) < (right.identity.kind, right.identity.name) : before < after
        }
    }
}
