import ArgumentParser
import DeploymentEngine
import Diagnostics
import KubernetesProvider
import ServiceModel
import SynthDataInfra
import TerminalUI

struct DriftCommand: InterruptibleCommand, ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Show what others have changed since services were deployed: which field, who, and when.",
        discussion: """
            Compares the last good release with what is there. Left out is what an autoscaler decides, and \
            a number of replicas that `scale` set is what counts as deployed. On local, where nobody else \
            writes, it tells what no longer runs.

            Examples:

                synthdata-infra drift --provider onprem
                synthdata-infra drift demo --exit-code -o json
                synthdata-infra drift demo --revert --ignore spec.replicas
            """)

    @Argument(help: "Names of the services; none means all.", completion: ServiceCompletion.services)
    var names: [String] = []

    @Flag(help: "Exit with 3 when something differs.")
    var exitCode = false

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Leave out a field or an object: spec.replicas, Service/demo:spec.ports, Ingress/demo. Repeatable.",
            valueName: "path"))
    var ignore: [String] = []

    @Flag(help: "Deploy the last good release again, and remove what others have added.")
    var revert = false

    @Flag(help: "Write the live values to the configuration file that --into names; the cluster stays as it is.")
    var adopt = false

    @Option(
        help: ArgumentHelp("The layer or service file that --adopt changes; comments stay.", valueName: "file"),
        completion: ServiceCompletion.layerFiles)
    var into: String?

    @OptionGroup(title: "Layers") var layers: LayerOptions
    @OptionGroup(title: "Target") var target: TargetOptions
    @OptionGroup(title: "Deployment") var deployment: DeploymentOptions
    @OptionGroup(title: "Reporting") var reporting: ReportingOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        try check()
        let ignored = try ignoredFields()
        let options = try deployment.options(asking: root.console)
        let drifts = try await drifts(root.at(target.choice()))
        let counted = drifts.map { drift in
            drift.leavingOut { identity, field in ignored.contains { $0.covers(field, of: identity) } }
        }
        warn(of: ignored, in: drifts, root)
        let presenter = DriftPresenter(root.console)
        if revert {
            presenter.tell(counted, to: .error, format: output.format)
            try await takeBack(zip(drifts, counted).filter { !$1.isEmpty }, options, root)
        } else if adopt, let into {
            try write(counted, into: into, root)
        } else {
            for drift in counted {
                RunRecord.shared.compared(
                    drift.release.service, DriftPresenter.summary(drift), isFailure: exitCode)
            }
            presenter.print(counted, format: output.format)
            if exitCode, counted.contains(where: { !$0.isEmpty }) { throw OutcomeError(outcome: .changesPending) }
        }
    }

    private func check() throws(Diagnostic) {
        if revert, adopt {
            throw Diagnostic(
                .error, .driftChoice, "`--revert` and `--adopt` exclude each other",
                why: "one takes back what others did, the other makes it the configuration", fix: "choose one")
        }
        if adopt != (into != nil) {
            throw Diagnostic(
                .error, .driftChoice, "`--adopt` and `--into` go together",
                why: "the live values are written to a file of yours", fix: "write `--adopt --into FILE`")
        }
    }

    private func ignoredFields() throws(DiagnosticReport) -> [IgnoredDrift] {
        var problems = DiagnosticCollector()
        let choices = ignore.compactMap { text in problems.gather { try IgnoredDrift(text) } }
        try problems.throwIfErrors()
        return choices
    }

    /// Of the services that were named, or of all that were ever deployed.
    private func drifts(_ root: CompositionRoot) async throws -> [ServiceDrift] {
        let kind = try target.providerKind()
        let provider = try root.provider(kind)
        var services: [ServiceIdentity] = []
        for name in names { services.append(try await target.service(named: name, at: provider)) }
        if names.isEmpty {
            services = try await provider.deployedServices(in: target.namespace)
        }
        return try await root.deployer(kind).drifts(of: services)
    }

    /// Of what is ignored in vain: a typo hides nothing, and nobody would notice.
    private func warn(of ignored: [IgnoredDrift], in drifts: [ServiceDrift], _ root: CompositionRoot) {
        guard !drifts.isEmpty else { return }
        let objects = drifts.flatMap(\.objects)
        let idle = ignored.filter { choice in
            !objects.contains { object in
                choice.covers(nil, of: object.resource)
                    || object.fields.contains { choice.covers($0, of: object.resource) }
            }
        }
        var unmet = UnmetChoices(idle.compactMap(\.choice))
        for drift in drifts { unmet.look(at: drift.release.resources) }
        let resources = drifts.flatMap(\.release.resources)
        let names = Set(resources.map { "\($0.identity.kind)/\($0.identity.name)" }).sorted()
        for warning in unmet.warnings + idle.compactMap({ $0.warning(among: names) }) { root.warn(warning) }
    }

    private func takeBack(
        _ work: [(all: ServiceDrift, counted: ServiceDrift)], _ options: Deployer.Options, _ root: CompositionRoot
    ) async throws {
        let presenter = DeploymentPresenter(root.console, output.format, fleet: work.map(\.counted.release.service))
        var worst = Outcome.done
        for (all, counted) in work {
            var choice = try target.choice()
            choice.ownership = FieldOwnership(revertingTo: counted.objects, of: all.objects)
            let service = counted.release.service
            do {
                let result = try await root.at(choice).deployer(target.providerKind()).revert(
                    service, options: options, report: presenter.report(service))
                presenter.finished(service, result)
            } catch let error where work.count > 1 && !(error is CancellationError) {
                worst = max(worst, presenter.failed(service, error))
            }
        }
        presenter.end()
        if worst != .done { throw OutcomeError(outcome: worst) }
    }
}

extension Diagnostic.Code {
    static let driftChoice = Self("usage.drift")
}
