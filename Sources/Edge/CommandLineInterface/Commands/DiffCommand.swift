import ArgumentParser
import ConfigurationManager
import DeploymentEngine
import Diagnostics
import ServiceModel
import SynthDataInfra
import TerminalUI

struct DiffCommand: ServiceCommand, ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what a deploy would change, and the configuration line behind each change.",
        discussion: """
            Where the cluster would refuse a deploy, or a change does more than --max-effect allows, what would \
            change is shown all the same; the exit code is that of the deploy, and no plan is saved. Without \
            --max-effect any effect is shown, also those that deploy wants to be allowed.
            """)

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Cluster") var ownership: OwnershipOptions
    @OptionGroup(title: "Reporting") var reporting: ReportingOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Exit with 3 when there are changes.")
    var exitCode = false

    @Option(
        help: ArgumentHelp(
            "Refuse a stronger effect, as deploy does: none, in-place, rolling, replace, data-loss.",
            valueName: "effect"),
        completion: ServiceCompletion.effects)
    var maxEffect: String?

    @Option(help: ArgumentHelp("Write the plan to a file, for `deploy --plan`.", valueName: "file"))
    var save: String?

    func run(in root: CompositionRoot) async throws {
        var choice = cluster.choice
        choice.ownership = try ownership.ownership()
        let root = root.at(choice)
        let maximum = try maxEffect.map(EffectOptions.read)
        var options = Deployer.Options()
        var fleet = try Fleet(service, root)
        options.replicasAreExplicit = fleet.namesReplicas
        var problems = DiagnosticCollector()
        var work = DeploymentWork(at: fleet.declarations.map(\.provider), in: root)
        for declaration in fleet.declarations {
            problems.gather { work.add(try fleet.release(declaration), options) }
        }
        try problems.throwIfErrors()
        for service in work.services { RunRecord.shared.started(service) }
        var plans: [Plan] = []
        var saved: [SavedPlan] = []
        for (item, outcome) in try await work.previews() {
            var refusals = DiagnosticCollector()
            if let preview = refusals.gather({ try outcome.get() }) {
                let plan = preview.plan
                refusals.report(contentsOf: DiagnosticReport(preview.obstacles))
                if let maximum { refusals.gather { try plan.check(atMost: maximum) } }
                plans.append(plan)
                saved.append(
                    SavedPlan(plan, release: item.release, replicasAreExplicit: options.replicasAreExplicit))
                let changes = plan.changes.filter { $0.action != .unchanged }
                RunRecord.shared.compared(
                    item.release.service, changes.map { "\($0.action.rawValue) \($0.resource)" }, isFailure: exitCode,
                    refusals.diagnostics)
            } else {
                RunRecord.shared.failed(item.release.service, refusals.diagnostics)
            }
            problems.report(contentsOf: DiagnosticReport(refusals.diagnostics))
        }
        try PlanPresenter(root.console).print(plans, format: output.format)
        try problems.throwIfErrors()
        if let save { try PlanFile(path: save).write(saved) }
        if exitCode, plans.contains(where: \.hasChanges) { throw OutcomeError(outcome: .changesPending) }
    }
}
