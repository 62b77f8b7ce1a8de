import ConfigurationManager
import Diagnostics
import Documents
import ServiceModel

extension CompositionRoot {
    /// The cluster that the project's layers name today for what was released; nil where they name none.
    ///
    /// Only they can be asked: which files a service was described with is not known later. Where they cannot be read,
    /// ``warn`` is told: the cluster of the last release counts then.
    @Sendable func configuredPin(of release: Release) -> ClusterPin? {
        var request = ConfigurationRequest()
        request.name = .init(release.service.name.value, flag: "--name")
        request.dataType = .init(release.dataType, flag: "--type")
        request.provider = .init(release.provider, flag: "--provider")
        request.environment = .init(release.environment, flag: "--environment")
        var loader: ConfigurationLoader
        do {
            loader = try ConfigurationLoader(
                profiles: try LayerFolders().profiles(), request: request, toleratesProblems: true)
        } catch {
            let problems = (error as? DiagnosticReport)?.diagnostics ?? [error as? Diagnostic].compactMap(\.self)
            for var problem in problems {
                problem.severity = .warning
                problem.notes.append(
                    .init("the cluster that `\(release.service.name)` is pinned to is not known from here"))
                warn(problem)
            }
            return nil
        }
        guard let declaration = loader.declarations.first else { return nil }
        let settings = loader.evaluation(of: declaration).configuration.settings
        guard let node = settings.value("deployment", "cluster_uid"), let uid = node.string else { return nil }
        return ClusterPin(uid: uid, location: node.location)
    }
}
