import ArgumentParser
import Diagnostics
import ServiceModel
import SynthDataInfra
import TerminalUI

struct StatusCommand: FollowingCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what services are doing.",
        discussion: """
            `-o wide` adds provider, environment, replicas, version, \
            endpoint and age.
            """)

    @Argument(help: "Names of the services; none means all.", completion: ServiceCompletion.services)
    var names: [String] = []

    @Flag(help: "Go on showing the state until interrupted (Ctrl-C).")
    var watch = false

    @OptionGroup(title: "Target") var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        let root = root.at(target.cluster.choice)
        let provider = try root.provider(target.providerKind())
        var services: [ServiceIdentity]?
        if !names.isEmpty {
            var named: [ServiceIdentity] = []
            for name in names { named.append(try await target.service(named: name, at: provider)) }
            services = named
        }
        let presenter = StatusPresenter(root.console, output.format ?? .table)
        repeat {
            var statuses = try await provider.observe(services)
            if let namespace = target.namespace { statuses = statuses.filter { $0.service.namespace == namespace } }
            presenter.print(statuses, replacing: watch)
            if watch { try await Task.sleep(for: .seconds(2)) }
        } while watch
    }
}
