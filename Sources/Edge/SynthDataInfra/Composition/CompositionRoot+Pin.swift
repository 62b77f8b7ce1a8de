import ConfigurationManager
import Documents
import ServiceModel

extension CompositionRoot {
    /// The cluster that the project's layers name today for what was released; nil where they name none.
    ///
    /// Only they can be asked: which files a service was described with is not known later.
    @Sendable func configuredPin(of release: Release) -> ClusterPin? {
        var request = ConfigurationRequest()
        request.name = .init(release.service.name.value, flag: "--name")
        request.dataType = .init(release.dataType, flag: "--type")
        request.provider = .init(release.provider, flag: "--provider")
        request.environment = .init(release.environment, flag: "--environment")
        guard let profiles = try? LayerFolders().profiles(),
            var loader = try? ConfigurationLoader(profiles: profiles, request: request, toleratesProblems: true),
            let declaration = loader.declarations.first
        else { return nil }
        let settings = loader.evaluation(of: declaration).configuration.settings
        guard let node = settings.value("deployment", "cluster_uid"), let uid = node.string else { return nil }
        return ClusterPin(uid: uid, location: node.location)
    }
}
