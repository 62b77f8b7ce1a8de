/// What is known of groups of kinds without asking a server.
enum KnownGroups {
    /// The groups of https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.30/ that every server has, in one
    /// version or another.
    private static let own: Set<String> = [
        "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apps", "authentication.k8s.io",
        "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io", "coordination.k8s.io",
        "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io",
        "policy", "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io",
    ]

    private static let bringers = [
        "cert-manager.io": "cert-manager", "external-secrets.io": "the External Secrets Operator",
        "gateway.networking.k8s.io": "the Gateway API", "keda.sh": "KEDA", "karpenter.sh": "Karpenter",
        "monitoring.coreos.com": "the Prometheus Operator", "snapshot.storage.k8s.io": "the snapshot controller",
        "networking.istio.io": "Istio", "traefik.io": "Traefik",
    ]

    /// Whether a kind of the group can only be missing because the server is too old.
    static func belongsToKubernetes(_ group: String) -> Bool { own.contains(group) }

    /// What installs the kinds of a group.
    static func bringer(of group: String) -> String? { bringers[group] }

    /// The plural that a kind has by the rule of `meta.UnsafeGuessKindToResource`; a definition may say otherwise.
    /// https://github.com/kubernetes/apimachinery/blob/v0.30.0/pkg/api/meta/restmapper.go
    static func plural(of kind: String) -> String {
        let name = kind.lowercased()
        if name.hasSuffix("endpoints") { return name }
        if name.hasSuffix("s") { return "\(name)es" }
        if name.hasSuffix("y") { return "\(name.dropLast())ies" }
        return "\(name)s"
    }
}
