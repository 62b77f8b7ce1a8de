import ArgumentParser
import DeploymentEngine
import Diagnostics
import ServiceModel
import SynthDataInfra

struct ScaleCommand: InterruptibleCommand, ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Change the number of replicas of a running service.",
        discussion: """
            Nothing restarts. Later deploys keep the number until one names --replicas itself, or until the time \
            of --for is over: the next deploy, or --expire, then goes back to what was before. Where an autoscaler \
            decides, its bounds are set.
            """)

    @Option(
        help: "Name of the service; --expire without it looks at all services.", completion: ServiceCompletion.services)
    var service: String?

    @Option(help: ArgumentHelp("How many replicas should run: 0 to 10000.", valueName: "n"))
    var replicas: String?

    @Option(
        help: ArgumentHelp(
            "As many replicas as make so much, such as 1.2M/hour, by what each makes now.", valueName: "rate"))
    var to: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("For how long; nothing means until a deploy names --replicas.", valueName: "time"))
    var duration: String?

    @Flag(help: "Go back wherever the time of --for is over; nothing happens elsewhere.")
    var expire = false

    @OptionGroup(title: "Target") var target: TargetOptions
    @OptionGroup(title: "Deployment") var deployment: DeploymentOptions
    @OptionGroup(title: "Cluster") var ownership: OwnershipOptions
    @OptionGroup(title: "Reporting") var reporting: ReportingOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        let request = try ScaleRequest(self)
        let options = try deployment.options(asking: root.console)
        var choice = try target.choice()
        choice.ownership = try ownership.ownership()
        let root = root.at(choice)
        let provider = try root.provider(target.providerKind())
        let deployer = try root.deployer(target.providerKind())
        guard case .set(let name, let amount, let time) = request else {
            try await ScaleExpiry(provider: provider, deployer: deployer, console: root.console, format: output.format)
                .run(service, in: target.namespace, options: options)
            return
        }
        let service = try await target.service(named: name, at: provider)
        let presenter = DeploymentPresenter(root.console, output.format)
        let replicas: Int
        switch amount {
        case .replicas(let number): replicas = number
        case .rate(let rate):
            let estimate = try await deployer.estimate(service, for: rate) { presenter.tell(service, $0) }
            presenter.tell(service, estimate.explanation)
            replicas = estimate.replicas
        }
        let result = try await deployer.scale(
            service, to: replicas, for: time, options: options, report: presenter.scaleReport(service))
        presenter.finished(service, result)
        if let scale = result.scaleOverride,
            let words = ScaleWords(scale, of: service, at: provider.kind, in: provider.place).standing
        {
            presenter.tell(service, words)
        }
        presenter.end()
    }
}
