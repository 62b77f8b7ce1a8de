package import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel

/// What is found of a cluster before anything is deployed there.
package struct ClusterCheckup: Sendable {
    /// `v1.30.2`; nil where the server does not answer.
    package let version: String?
    package let server: String
    /// By which `deployment.cluster_uid` pins it; nil where this user may not look.
    package let uid: String?
    package let problems: [Diagnostic]
}

extension KubernetesProvider {
    /// What the built-in templates make of a service.
    private static let kinds = [
        ("v1", "ServiceAccount"), ("rbac.authorization.k8s.io/v1", "Role"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"), ("networking.k8s.io/v1", "NetworkPolicy"),
        ("v1", "ConfigMap"), ("v1", "PersistentVolumeClaim"), ("v1", "Service"), ("apps/v1", "Deployment"),
        ("networking.k8s.io/v1", "Ingress"), ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("policy/v1", "PodDisruptionBudget"),
    ]

    /// Asks the server who it is and what this user may do in some namespaces. Changes nothing.
    package func checkup(namespaces: [String]) async -> ClusterCheckup {
        var version: String?
        var uid: String?
        var problems: [Diagnostic] = []
        do {
            try await ServerRefusal.told {
                let found = try await identity.version()
                version = found.text
                problems += found.shortcomings
                uid = try await Preflight.looking { try await identity.uid() }
                try found.check()
                for namespace in namespaces {
                    let changes = Self.kinds.map { apiVersion, kind in
                        Change(
                            resource: .init(apiVersion: apiVersion, kind: kind, namespace: namespace, name: "any"),
                            action: .create, effect: .none)
                    }
                    problems += try await RightsCheck(cluster: cluster, namespace: namespace).problems(changes)
                }
            }
        } catch let problem as Diagnostic {
            problems.append(problem)
        } catch let report as DiagnosticReport {
            problems += report.diagnostics
        } catch {
            problems.append(Diagnostic(.error, .serverRefused, "\(error)"))
        }
        return ClusterCheckup(version: version, server: cluster.name, uid: uid, problems: problems)
    }
}
