import ArgumentParser
import DeploymentEngine
import Diagnostics
import ServiceModel
import SynthDataInfra

struct RollbackCommand: InterruptibleCommand, ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Deploy an earlier release of a service again.",
        discussion: "Without --to-revision, goes back to the last good release that differs from the current one.")

    @Argument(help: "Name of the service.", completion: ServiceCompletion.services)
    var name: String

    @Option(help: ArgumentHelp("The revision to go back to; `history` lists them.", valueName: "n"))
    var toRevision: String?

    @OptionGroup(title: "Target") var target: TargetOptions
    @OptionGroup(title: "Deployment") var deployment: DeploymentOptions
    @OptionGroup(title: "Cluster") var ownership: OwnershipOptions
    @OptionGroup(title: "Reporting") var reporting: ReportingOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        let revision = try toRevision.map { text throws(Diagnostic) in
            try WholeNumber.read(text, "--to-revision", 1 ... .max)
        }
        var choice = try target.choice()
        choice.ownership = try ownership.ownership()
        let root = root.at(choice)
        let provider = try root.provider(target.providerKind())
        let identity = try await target.service(named: name, at: provider)
        let presenter = DeploymentPresenter(root.console, output.format)
        let result = try await root.deployer(target.providerKind()).rollback(
            identity, to: revision, options: try deployment.options(asking: root.console),
            report: presenter.report(identity))
        presenter.finished(identity, result)
        presenter.end()
    }
}
