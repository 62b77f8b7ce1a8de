import ArgumentParser
import ConfigurationManager
import Diagnostics
import ServiceModel
import SynthDataInfra
import TerminalUI

struct DoctorCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what deployments need: configuration, this machine, clusters, credentials and rights.",
        discussion: """
            Changes nothing. Every problem is told with a way to mend it; the exit code is that of the worst.

            Examples:

                synthdata-infra doctor
                synthdata-infra doctor --all-contexts -o json
            """)

    @Flag(help: "Check the cluster of every context of the kubeconfig, not only the current one.")
    var allContexts = false

    @OptionGroup(title: "Layers") var layers: LayerOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        var checkups = [configuration(root), machine(root)]
        checkups += await clusters(root)
        CheckupPresenter(root.console).print(checkups, format: output.format ?? .table)
        let outcomes = checkups.flatMap(\.problems).filter { $0.severity == .error }.map(\.code.outcome)
        if let worst = outcomes.max() { throw OutcomeError(outcome: worst) }
    }

    /// Whether the layers come to a valid configuration for every data type.
    private func configuration(_ root: CompositionRoot) -> Checkup {
        var problems = DiagnosticCollector()
        for type in DataType.allCases {
            problems.gather {
                var request = ConfigurationRequest()
                request.dataType = .init(type, flag: "--type")
                request.configurationFolder = layers.configurationFolder
                var fleet = try Fleet(request, layers.folders, root, placeholder: "example")
                for declaration in fleet.declarations { _ = try fleet.rendered(declaration) }
            }
        }
        return Checkup(
            name: "configuration", finding: problems.hasErrors ? "not valid" : "valid for all data types",
            problems: problems.diagnostics)
    }

    private func machine(_ root: CompositionRoot) -> Checkup {
        var problems = DiagnosticCollector()
        problems.gather { _ = try root.provider(.local) }
        return Checkup(
            name: "this machine", finding: problems.hasErrors ? "cannot run services" : "can run services",
            problems: problems.diagnostics)
    }

    private func clusters(_ root: CompositionRoot) async -> [Checkup] {
        guard allContexts else { return [await root.checkup(cluster.choice)] }
        var problems = DiagnosticCollector()
        let contexts = problems.gather { try root.contexts(kubeconfig: cluster.kubeconfig) } ?? []
        guard !contexts.isEmpty else {
            return [Checkup(name: "kubeconfig", finding: "has no context", problems: problems.diagnostics)]
        }
        var checkups: [Checkup] = []
        for context in contexts {
            var choice = cluster.choice
            choice.context = context
            checkups.append(await root.checkup(choice))
        }
        return checkups
    }
}
