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
            Changes nothing. Every problem is told with a way to mend it; the exit code is that of the worst. \
            Rights are checked where the configuration has services run (deployment.namespace).

            Examples:

                synthdata-infra doctor
                synthdata-infra doctor --all-contexts -o json
            """)

    @Flag(help: "Check the cluster of every context of the kubeconfig, not only the current one.")
    var allContexts = false

    @Option(
        help: ArgumentHelp(
            "Check the rights in this namespace, and not in that of the configuration.", valueName: "namespace"))
    var namespace: String?

    @OptionGroup(title: "Layers") var layers: LayerOptions
    @OptionGroup(title: "Cluster") var place: PlaceOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        var choice = cluster.choice
        choice.place = try place.choice(at: .aws)
        let root = root.at(choice)
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
        // A layer for all data types is wrong for each of them, and told once.
        var told: Set<Diagnostic> = []
        return Checkup(
            name: "configuration", finding: problems.hasErrors ? "not valid" : "valid for all data types",
            problems: problems.diagnostics.filter { told.insert($0).inserted })
    }

    /// Where the layers have services of a cluster run; what is wrong with them is told elsewhere.
    private func configuredNamespaces(_ root: CompositionRoot) -> [String] {
        var namespaces: Set<String> = []
        for type in DataType.allCases {
            var request = ConfigurationRequest()
            request.dataType = .init(type, flag: "--type")
            request.provider = .init(.onprem, flag: "--provider")
            request.configurationFolder = layers.configurationFolder
            guard
                var fleet = try? Fleet(
                    request, layers.folders, root, placeholder: "example", toleratesProblems: true)
            else { continue }
            for declaration in fleet.declarations {
                let settings = fleet.evaluation(declaration).configuration.settings
                if let name = settings.value("deployment", "namespace")?.string { namespaces.insert(name) }
            }
        }
        return namespaces.sorted()
    }

    private func machine(_ root: CompositionRoot) -> Checkup {
        var problems = DiagnosticCollector()
        problems.gather { _ = try root.provider(.local) }
        return Checkup(
            name: "this machine", finding: problems.hasErrors ? "cannot run services" : "can run services",
            problems: problems.diagnostics)
    }

    private func clusters(_ root: CompositionRoot) async -> [Checkup] {
        let namespaces = namespace.map { [$0] } ?? configuredNamespaces(root)
        guard allContexts else {
            let atAWS = await root.checkupOfAWS(namespaces: namespaces)
            // Who deploys to AWS alone needs no kubeconfig.
            let isNamed = cluster.kubeconfig != nil || cluster.context != nil
            if let atAWS, !isNamed, (try? root.contexts(kubeconfig: nil))?.isEmpty != false { return [atAWS] }
            return [await root.checkup(cluster.choice, namespaces: namespaces), atAWS].compactMap { $0 }
        }
        var problems = DiagnosticCollector()
        let contexts = problems.gather { try root.contexts(kubeconfig: cluster.kubeconfig) } ?? []
        guard !contexts.isEmpty else {
            return [Checkup(name: "kubeconfig", finding: "has no context", problems: problems.diagnostics)]
        }
        var checkups: [Checkup] = []
        for context in contexts {
            var choice = cluster.choice
            choice.context = context
            checkups.append(await root.checkup(choice, namespaces: namespaces))
        }
        return checkups
    }
}
