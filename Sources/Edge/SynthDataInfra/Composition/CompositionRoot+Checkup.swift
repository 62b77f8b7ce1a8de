import AWSProvider
package import Diagnostics
import KubernetesClient
import KubernetesProvider

/// One thing that has to be right before a deployment can be.
package struct Checkup: Sendable {
    package let name: String
    /// What was found, in a few words.
    package let finding: String
    /// Of a cluster, for `deployment.cluster_uid`.
    package let clusterUID: String?
    package let problems: [Diagnostic]

    package init(name: String, finding: String, clusterUID: String? = nil, problems: [Diagnostic]) {
        self.name = name
        self.finding = finding
        self.clusterUID = clusterUID
        self.problems = problems
    }
}

extension CompositionRoot {
    /// The contexts that the kubeconfig files have.
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` for files that are not what they should be.
    package func contexts(kubeconfig: String?) throws -> [String] {
        try Kubeconfig.load(path: kubeconfig, environment: environment).contextNames
    }

    /// Whether the cluster at AWS that the project's layers name can be found and used; nil where they name none.
    ///
    /// - Parameter namespaces: in which services are to run.
    package func checkupOfAWS(namespaces: [String]) async -> Checkup? {
        do {
            let place = try configuredPlace(of: .aws)
            guard place["cluster"] != nil, let provider = try provider(.aws, at: place) as? AWSProvider else {
                return nil
            }
            let found = await provider.checkup(namespaces: namespaces)
            return Checkup(
                name: "aws", finding: found.finding, clusterUID: found.clusterUID, problems: found.problems)
        } catch let problem as Diagnostic {
            return Checkup(name: "aws", finding: "not usable", problems: [problem])
        } catch let report as DiagnosticReport {
            return Checkup(name: "aws", finding: "not usable", problems: report.diagnostics)
        } catch {
            return Checkup(name: "aws", finding: "\(error)", problems: [])
        }
    }

    /// Whether the cluster of a context answers, and what this user may do there.
    ///
    /// - Parameter namespaces: in which services are to run; empty means that of the context.
    package func checkup(_ choice: ClusterChoice, namespaces: [String]) async -> Checkup {
        let name = choice.context.map { "context \($0)" } ?? "current context"
        do {
            let access = try ClusterAccess.find(
                kubeconfig: choice.kubeconfig, context: choice.context, environment: environment)
            guard let provider = try at(choice).provider(.onprem) as? KubernetesProvider else {
                return Checkup(name: name, finding: "not a cluster", problems: [])
            }
            let found = await provider.checkup(
                namespaces: namespaces.isEmpty ? [access.namespace ?? "default"] : namespaces)
            return Checkup(
                name: name, finding: found.version.map { "Kubernetes \($0) at \(access.server)" } ?? access.server,
                clusterUID: found.uid, problems: found.problems)
        } catch let problem as Diagnostic {
            return Checkup(name: name, finding: "not usable", problems: [problem])
        } catch let report as DiagnosticReport {
            return Checkup(name: name, finding: "not usable", problems: report.diagnostics)
        } catch {
            return Checkup(name: name, finding: "\(error)", problems: [])
        }
    }
}
