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
        try await fleet.findAccounts()
        var work = DeploymentWork(at: fleet.declarations.map(\.provider), in: root)
        for declaration in fleet.declarations {
            problems.gather { work.add(try fleet.release(declaration), options) }
        }
        try problems.throwIfErrors()
        let previews = try await work.previews(begun: RunRecord.shared.started) { [exitCode] service, outcome in
            let refusals = Self.refusals(outcome, atMost: maximum)
            guard let plan = try? outcome.get().plan else { return RunRecord.shared.failed(service, refusals) }
            let changes = plan.changes.filter { $0.action != .unchanged }
            RunRecord.shared.compared(
                service, changes.map { "\($0.action.rawValue) \($0.resource)" }, isFailure: exitCode, refusals)
        }
        var plans: [Plan] = []
        var saved: [SavedPlan] = []
        for (item, outcome) in previews {
            problems.report(contentsOf: DiagnosticReport(Self.refusals(outcome, atMost: maximum)))
            guard let plan = try? outcome.get().plan else { continue }
            plans.append(plan)
            if save != nil { saved.append(try await work.saved(plan, of: item)) }
        }
        try PlanPresenter(root.console).print(plans, format: output.format)
        try problems.throwIfErrors()
        if let save { try PlanFile(path: save).write(saved) }
        if exitCode, plans.contains(where: \.hasChanges) { throw OutcomeError(outcome: .changesPending) }
    }

    /// Why a deployment would not be made.
    private static func refusals(
        _ outcome: Result<Deployer.Preview, any Error>, atMost maximum: Effect?
    ) -> [Diagnostic] {
        var refusals = DiagnosticCollector()
        if let preview = refusals.gather({ try outcome.get() }) {
            refusals.report(contentsOf: DiagnosticReport(preview.obstacles))
            if let maximum { refusals.gather { try preview.plan.check(atMost: maximum) } }
        }
        return refusals.summarised
    }
}
