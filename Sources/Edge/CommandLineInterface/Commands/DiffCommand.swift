import ArgumentParser
import DeploymentEngine
import Diagnostics
import ServiceModel
import SynthDataInfra
import TerminalUI

struct DiffCommand: ServiceCommand, ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what a deploy would change, and the configuration line behind each change.")

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Cluster") var ownership: OwnershipOptions
    @OptionGroup(title: "Reporting") var reporting: ReportingOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Exit with 3 when there are changes.")
    var exitCode = false

    @Option(help: ArgumentHelp("Write the plan to a file, for `deploy --plan`.", valueName: "file"))
    var save: String?

    func run(in root: CompositionRoot) async throws {
        var choice = cluster.choice
        choice.ownership = try ownership.ownership()
        let root = root.at(choice)
        var options = Deployer.Options()
        var fleet = try Fleet(service, root)
        options.replicasAreExplicit = fleet.namesReplicas
        var plans: [Plan] = []
        var saved: [SavedPlan] = []
        for declaration in fleet.declarations {
            let release = try fleet.release(declaration)
            RunRecord.shared.started(release.service)
            let plan = try await root.deployer(release.provider).plan(release, options: options)
            RunRecord.shared.compared(release.service, pending: plan.hasChanges, isFailure: exitCode)
            plans.append(plan)
            saved.append(SavedPlan(plan, release: release, replicasAreExplicit: options.replicasAreExplicit))
        }
        if let save { try PlanFile(path: save).write(saved) }
        try PlanPresenter(root.console).print(plans, format: output.format)
        if exitCode, plans.contains(where: \.hasChanges) { throw OutcomeError(outcome: .changesPending) }
    }
}
