import ArgumentParser
import DeploymentEngine
import Diagnostics
import ServiceModel
import SynthDataInfra

struct ScaleCommand: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Change the number of replicas of a running service.",
        discussion: """
            Nothing restarts. Later deploys keep the number until one names --replicas itself.
            """)

    @Option(help: "Name of the service.")
    var service: String

    @Option(help: ArgumentHelp("How many replicas should run: 0 to 10000.", valueName: "n"))
    var replicas: String

    @OptionGroup(title: "Target") var target: TargetOptions
    @OptionGroup(title: "Deployment") var deployment: DeploymentOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        let replicas = try WholeNumber.read(replicas, "--replicas", 0...10_000)
        let root = root.at(target.cluster.choice)
        let provider = try root.provider(target.providerKind())
        let identity = try await target.service(named: service, at: provider)
        let presenter = DeploymentPresenter(root.console, output.format)
        let result = try await root.deployer(target.providerKind()).scale(
            identity, to: replicas, options: try deployment.options(), report: presenter.report(identity))
        presenter.finished(identity, result)
        presenter.end()
    }
}
