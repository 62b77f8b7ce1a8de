import ArgumentParser
import ServiceModel
import SynthDataInfra
import TerminalUI

struct LogsCommand: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what the replicas of a service wrote.")

    @Argument(help: "Name of the service.")
    var name: String

    @Flag(name: .shortAndLong, help: "Go on with new lines until interrupted.")
    var follow = false

    @Option(help: ArgumentHelp("Only this replica's lines.", valueName: "name"))
    var replica: String?

    @Option(help: ArgumentHelp("At most so many of the last lines.", valueName: "n"))
    var tail: Int?

    @OptionGroup(title: "Target") var target: TargetOptions

    func run(in root: CompositionRoot) async throws {
        let provider = try root.provider(target.providerKind())
        let service = try await target.service(named: name, at: provider)
        for try await line in provider.logs(of: service, replica: replica, tail: tail, follow: follow) {
            root.console.print(replica == nil ? "\(line.replica) | \(line.text)" : line.text)
        }
    }
}
