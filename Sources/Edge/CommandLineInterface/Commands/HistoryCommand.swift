import ArgumentParser
import Documents
import ServiceModel
import SynthDataInfra
import TerminalUI

struct HistoryCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the releases of a service, newest first.")

    @Argument(help: "Name of the service.", completion: ServiceCompletion.services)
    var name: String

    @OptionGroup(title: "Target") var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        let root = try root.at(target.choice())
        let provider = try root.provider(target.providerKind())
        let service = try await target.service(named: name, at: provider)
        let releases = try await provider.releases.releases(of: service).reversed()
        HistoryPresenter(root.console).print(Array(releases), format: output.format ?? .table)
    }
}
