import ArgumentParser
import Diagnostics
import ServiceModel
import SynthDataInfra
import TerminalUI

struct LogsCommand: FollowingCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what the replicas of a service wrote.",
        discussion: "A terminal shows control characters as \\u{1b}; a pipe gets every byte as it was written.")

    @Argument(help: "Name of the service.", completion: ServiceCompletion.services)
    var name: String

    @Flag(name: .shortAndLong, help: "Go on with new lines until interrupted (Ctrl-C).")
    var follow = false

    @Option(help: ArgumentHelp("Only this replica's lines.", valueName: "name"))
    var replica: String?

    @Option(help: ArgumentHelp("Only the last n lines.", valueName: "n"))
    var tail: String?

    @OptionGroup(title: "Target") var target: TargetOptions

    func run(in root: CompositionRoot) async throws {
        let tail = try tail.map { text throws(Diagnostic) in try WholeNumber.read(text, "--tail", 0 ... .max) }
        let root = try root.at(target.choice())
        let provider = try root.provider(target.providerKind())
        let service = try await target.service(named: name, at: provider)
        if let replica { try await check(replica, of: service, at: provider) }
        // A pipe gets what was written, byte by byte; a terminal is not steered by it.
        let isShown = root.console.isTerminal(.output)
        for try await line in provider.logs(of: service, replica: replica, tail: tail, follow: follow) {
            let name = replica == nil ? "\(line.replica) | " : ""
            let body = isShown ? Array(line.text.visible.utf8) : line.bytes
            root.console.write(Array(name.utf8) + body + [UInt8(ascii: "\n")])
        }
    }

    /// A name that was never given would print nothing, and with --follow wait for ever; replicas that are
    /// gone keep their logs.
    private func check(_ replica: String, of service: ServiceIdentity, at provider: any Provider) async throws {
        let running = try await provider.observe([service]).flatMap { $0.replicas.map(\.name) }
        guard !running.contains(replica) else { return }
        for try await _ in provider.logs(of: service, replica: replica, tail: 1, follow: false) { return }
        throw Diagnostic(
            .error, .unknownReplica, "`\(service.name)` has no replica `\(replica)`",
            at: SourceLocation(file: SourceFile("--replica")),
            fix: running.isEmpty ? "leave --replica out" : "use one of \(running.joined(separator: ", "))")
    }
}

extension Diagnostic.Code {
    static let unknownReplica = Self("service.unknown-replica", .failed)
}
