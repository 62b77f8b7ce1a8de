import ArgumentParser
import DeploymentEngine
import Diagnostics
import ServiceModel
import SynthDataInfra

struct DestroyCommand: InterruptibleCommand, ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Stop and remove services; stored data is kept unless --delete-data is given.")

    @Argument(help: "Names of the services.", completion: ServiceCompletion.services)
    var names: [String]

    @Flag(help: "Delete the services' data, too. This cannot be undone.")
    var deleteData = false

    @OptionGroup(title: "Target") var target: TargetOptions
    @OptionGroup(title: "Deployment") var deployment: DeploymentOptions
    @OptionGroup(title: "Reporting") var reporting: ReportingOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        let root = try root.at(target.choice())
        let provider = try root.provider(target.providerKind())
        var options = try deployment.options(asking: root.console)
        options.deleteData = deleteData
        // Every name is looked up before anything is removed.
        var services: [ServiceIdentity] = []
        for name in names { services.append(try await target.service(named: name, at: provider)) }
        let names = services.map(\.name.value).joined(separator: ", ")
        let loss = deleteData ? " and delete their data, which cannot be undone" : ""
        try await deployment.confirmation(root.console).ask("Destroy \(names)\(loss)?")
        let presenter = DeploymentPresenter(root.console, output.format, fleet: services)
        var worst = Outcome.done
        for service in services {
            do {
                let result = try await root.deployer(target.providerKind()).destroy(
                    service, options: options, report: presenter.report(service))
                presenter.destroyed(service, result)
            } catch let error where services.count > 1 && !(error is CancellationError) {
                worst = max(worst, presenter.failed(service, error))
            }
        }
        presenter.end()
        if worst != .done { throw OutcomeError(outcome: worst) }
    }
}
