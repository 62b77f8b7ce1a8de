import ArgumentParser
import Diagnostics
import ServiceModel
import SynthDataInfra

/// Which cluster of a cloud a command speaks to, where it reads no file that could say so.
struct PlaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whose layers name the cluster of a cloud: development, staging or production (default).",
            valueName: "environment"), completion: ServiceCompletion.environments)
    var environment: String?

    @Option(help: ArgumentHelp("The cluster's region, over what the layers say.", valueName: "region"))
    var region: String?

    @Option(
        name: .customLong("cluster"),
        help: ArgumentHelp("The cluster's name at its cloud, over what the layers say.", valueName: "name"))
    var name: String?

    /// - Throws: ``Diagnostic`` where there is no cloud to look for a cluster at.
    func choice(at kind: ProviderKind) throws(Diagnostic) -> PlaceChoice {
        let flags = [("--environment", environment), ("--region", region), ("--cluster", name)]
        if !kind.isCloud, let (flag, _) = flags.first(where: { $0.1 != nil }) {
            throw Diagnostic(
                .error, .notAtCloud, "\(flag) is for a cluster at a cloud, and this is `\(kind.rawValue)`",
                at: SourceLocation(file: SourceFile(flag)),
                fix: "leave it out, or say which cloud it is, as in --provider aws; --context chooses another cluster")
        }
        let chosen: DeploymentEnvironment? =
            if let environment { try NamedChoice.read(environment, "--environment", .unknownEnvironment) } else { nil }
        return PlaceChoice(environment: chosen, region: region, cluster: name)
    }
}

extension Diagnostic.Code {
    static let notAtCloud = Self("service.not-at-cloud")
}
