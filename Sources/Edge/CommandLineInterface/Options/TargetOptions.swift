import ArgumentParser
import DeploymentEngine
import Diagnostics
import ServiceModel
import SynthDataInfra

/// Which deployed service a command works on.
struct TargetOptions: ParsableArguments {
    @Option(
        help: "Where it runs: local (default), onprem, aws, gcp, azure.", completion: ServiceCompletion.providers)
    var provider: String?

    @Option(
        help: ArgumentHelp("Its namespace, needed where several have a service of that name.", valueName: "namespace"))
    var namespace: String?

    @OptionGroup(title: "Cluster") var place: PlaceOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions

    func providerKind() throws(Diagnostic) -> ProviderKind {
        guard let provider else { return .local }
        return try NamedChoice.read(provider, "--provider", .unknownProvider)
    }

    /// - Throws: ``Diagnostic`` of flags that do not go together.
    func choice() throws(Diagnostic) -> ClusterChoice {
        var choice = cluster.choice
        choice.place = try place.choice(at: providerKind())
        return choice
    }

    /// The one deployed service called `name`.
    func service(named name: String, at provider: any Provider) async throws -> ServiceIdentity {
        try await provider.service(named: name, namespace: namespace)
    }
}
