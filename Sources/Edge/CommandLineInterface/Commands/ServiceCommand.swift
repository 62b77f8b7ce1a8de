import ArgumentParser
import SynthDataInfra

/// A command of the tool: options, one call, one print.
protocol ServiceCommand: AsyncParsableCommand, Sendable {
    func run(in root: CompositionRoot) async throws
}

extension ServiceCommand {
    func run() async throws {
        try await run(in: CompositionRoot.commandLine())
    }
}

/// A command that runs until it is done or told to stop, and then ends cleanly.
protocol InterruptibleCommand: ServiceCommand {}

extension InterruptibleCommand {
    func run() async throws {
        try await Interruption.cancelling { try await run(in: CompositionRoot.commandLine()) }
    }
}
