import ArgumentParser
import ConfigurationManager
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import SynthDataInfra
import TerminalUI

struct DeployCommand: InterruptibleCommand, ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Bring services to the desired state and wait until they are ready.",
        discussion: """
            Describe one service with flags, or any number with -f. Running the same command again \
            changes nothing; after an interruption it goes on.

            Examples:

                synthdata-infra deploy --type tabular --name customer-synth
                synthdata-infra deploy -f services --rollback-on-failure
                synthdata-infra deploy -f demo.yaml --set workload.seed=7
            """)

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup(title: "Deployment") var deployment: DeploymentOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Cluster") var ownership: OwnershipOptions
    @OptionGroup(title: "Reporting") var reporting: ReportingOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Go back to the last good release when the new one fails.")
    var rollbackOnFailure = false

    @Option(
        help: ArgumentHelp(
            "Where to save what is known of a service that fails, before it is taken back: events, logs, objects.",
            valueName: "folder"),
        completion: .directory)
    var evidence: String?

    @Option(
        help: ArgumentHelp(
            "Apply the plan that `diff --save` wrote, and nothing if what is there has changed since.",
            valueName: "file"))
    var plan: String?

    func run(in root: CompositionRoot) async throws {
        var choice = cluster.choice
        choice.ownership = try ownership.ownership()
        let root = root.at(choice)
        if let plan {
            try await apply(PlanFile(path: plan).read(), in: root)
            return
        }
        var options = try options(in: root)
        var fleet = try Fleet(service, root)
        options.replicasAreExplicit = fleet.namesReplicas
        try await fleet.findAccounts()
        var work = DeploymentWork(at: fleet.declarations.map(\.provider), in: root)
        var problems = DiagnosticCollector()
        // Everything is checked and rendered before anything is touched.
        for declaration in fleet.declarations {
            problems.gather { work.add(try fleet.release(declaration), options) }
        }
        try problems.throwIfErrors()
        try await deploy(work, in: root)
    }

    private func options(in root: CompositionRoot) throws(Diagnostic) -> Deployer.Options {
        var options = try deployment.options(asking: root.console)
        options.rollbackOnFailure = rollbackOnFailure
        guard let evidence else { return options }
        let writer = EvidenceWriter(
            folder: evidence, root, tellsFiles: output.format != .json && reporting.progress != .json)
        options.failed = { await writer.save($0, $1, $2) }
        return options
    }

    /// Nothing is configured or rendered anew: a plan is what was looked at.
    private func apply(_ plans: [SavedPlan], in root: CompositionRoot) async throws {
        guard service.isEmpty else {
            throw Diagnostic(
                .error, .planAndService, "a saved plan holds the services already",
                at: SourceLocation(file: SourceFile("--plan")), fix: "leave out the flags that describe a service")
        }
        let options = try options(in: root)
        var work = DeploymentWork(at: plans.map(\.release.provider), in: root)
        for plan in plans {
            var own = options
            own.replicasAreExplicit = plan.replicasAreExplicit
            own.expected = plan
            work.add(plan.release, own)
        }
        try await deploy(work, in: root)
    }

    private func deploy(_ work: DeploymentWork, in root: CompositionRoot) async throws {
        let presenter = DeploymentPresenter(root.console, output.format, fleet: work.isFleet ? work.services : [])
        var worst = Outcome.done
        ProcessLifetime.keep(work)
        try await work.run(report: presenter.report, finished: presenter.finished) { service, error in
            worst = max(worst, presenter.failed(service, error))
        }
        presenter.end()
        if worst != .done { throw OutcomeError(outcome: worst) }
    }
}

extension Diagnostic.Code {
    static let planAndService = Self("usage.plan-and-service")
}
