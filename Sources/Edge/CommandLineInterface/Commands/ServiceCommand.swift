import ArgumentParser
import Diagnostics
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

/// A command that changes something: told to stop, it ends cleanly, and the same command goes on later.
protocol InterruptibleCommand: ServiceCommand {}

extension InterruptibleCommand {
    func run() async throws {
        do {
            try await Interruption.cancelling { try await run(in: CompositionRoot.commandLine()) }
        } catch is CancellationError {
            throw Diagnostic(
                .error, .interrupted, "interrupted before everything was done",
                fix: "run the same command again: it goes on from there")
        }
    }
}

/// A command that can show what happens until it is told to stop, which is then its ordinary end.
protocol FollowingCommand: ServiceCommand {}

extension FollowingCommand {
    func run() async throws {
        do {
            try await Interruption.cancelling {
                try await run(in: CompositionRoot.commandLine())
                // A stream that is cancelled may just end.
                try Task.checkCancellation()
            }
        } catch is CancellationError {
            throw OutcomeError(outcome: .interrupted)
        }
    }
}

extension Diagnostic.Code {
    static let interrupted = Self("interrupted", .interrupted)
}
