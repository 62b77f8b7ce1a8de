import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Which cluster this is, and which release of Kubernetes it runs: asked once.
actor ClusterIdentity {
    private let api: KubernetesAPI
    /// For messages: the context of the kubeconfig.
    private let context: String
    private var knownUID: String?
    /// Many plans ask at once: the first one's question is everybody's.
    private var versionAsked: Task<ServerVersion, any Error>?

    init(api: KubernetesAPI, context: String) {
        self.api = api
        self.context = context
    }

    /// The UID of the namespace `kube-system`, which is made with its cluster and never deleted: what OpenTelemetry
    /// takes for the cluster's own.
    /// https://opentelemetry.io/docs/specs/semconv/resource/k8s/#cluster
    ///
    /// - Throws: `APIStatus`, also for a user who may not look at it.
    func uid() async throws -> String {
        if let knownUID { return knownUID }
        let namespace = try await api.get(.namespace, namespace: nil, name: "kube-system")
        guard let uid = namespace?.objectUID else {
            throw APIStatus(
                code: 404, reason: "NotFound", message: "namespaces \"kube-system\" not found",
                request: "GET kube-system")
        }
        knownUID = uid
        return uid
    }

    func version() async throws -> ServerVersion {
        let task = versionAsked ?? Task { [api] in ServerVersion(try await api.document(at: "/version")) }
        versionAsked = task
        do {
            return try await task.value
        } catch {
            versionAsked = nil
            throw error
        }
    }

    /// - Throws: ``Diagnostic`` when this is another cluster, or when nobody can tell.
    func check(_ pin: ClusterPin) async throws {
        let found: String
        do {
            found = try await uid()
        } catch let status as APIStatus where status.code == 403 {
            throw Diagnostic(
                .error, .forbidden, "you may not look which cluster the context `\(context)` leads to",
                at: pin.location, why: "deployment.cluster_uid asks for one cluster: \(status.message)",
                fix: "have this rule added to a ClusterRole of yours; `render --rights` prints a whole one:\n"
                    + "- {apiGroups: [\"\"], resources: [namespaces], resourceNames: [kube-system], verbs: [get]}")
        }
        guard found != pin.uid else { return }
        throw Diagnostic(
            .error, .wrongCluster, "the context `\(context)` leads to another cluster than the configured one",
            at: pin.location,
            why: "its UID is \(found); deployment.cluster_uid is \(pin.uid)",
            fix: "choose the cluster's own context with --context; if this is the one that is meant, set"
                + " deployment.cluster_uid to \(found)")
    }
}

extension Diagnostic.Code {
    /// Nothing is written to a cluster that is not the configured one.
    static let wrongCluster = Self("kubernetes.wrong-cluster", .failed)
}
