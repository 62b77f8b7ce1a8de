import AWSClient
package import Diagnostics
import KubernetesProvider

extension AWSProvider {
    /// Who asks, what cluster is found, and what this identity may do there.
    ///
    /// - Parameter namespaces: in which services are to run.
    package func checkup(namespaces: [String]) async -> (finding: String, clusterUID: String?, problems: [Diagnostic]) {
        var source = ""
        do {
            if let credentials = try await ground.api.currentCredentials() { source = " (\(credentials.source))" }
            let found = try await ground.found()
            let inside = await found.kubernetes.checkup(namespaces: namespaces)
            let version = inside.version ?? found.cluster.version
            return (
                "\(found.identity.arn)\(source), cluster \(found.cluster.name) with Kubernetes \(version)", inside.uid,
                inside.problems
            )
        } catch let problem as Diagnostic {
            return ("not usable\(source)", nil, [problem])
        } catch let report as DiagnosticReport {
            return ("not usable\(source)", nil, report.diagnostics)
        } catch {
            return ("\(error)", nil, [])
        }
    }
}
