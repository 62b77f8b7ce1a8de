import ArgumentParser
import DeploymentEngine
import Diagnostics
import ServiceModel
import TerminalUI

/// How a change is carried out, the same for every command that changes something.
struct DeploymentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long to wait until the service is ready; then the command exits with 4.", valueName: "time"))
    var timeout = "10m"

    @Option(
        help: ArgumentHelp(
            "How long to wait while another deployment holds the service; then the command exits with 5.",
            valueName: "time"))
    var lockTimeout = "1m"

    @Flag(help: "Answer yes to every question. Without a terminal nothing is asked.")
    var yes = false

    @OptionGroup var effect: EffectOptions

    func confirmation(_ console: Console) -> Confirmation { Confirmation(console, isGiven: yes) }

    func options(asking console: Console) throws(Diagnostic) -> Deployer.Options {
        var options = try options()
        let confirmation = confirmation(console)
        options.confirm = { try await confirmation.ask(about: $0) }
        return options
    }

    private func options() throws(Diagnostic) -> Deployer.Options {
        var options = Deployer.Options()
        options.timeout = try Self.time(timeout, "--timeout")
        options.lockWait = try Self.time(lockTimeout, "--lock-timeout")
        options.maximumEffect = try effect.maximum()
        return options
    }

    static func time(_ text: String, _ flag: String) throws(Diagnostic) -> TimeSpan {
        guard let time = TimeSpan(text) else {
            throw Diagnostic(
                .error, .invalidTime, "`\(text)` is not a length of time", at: SourceLocation(file: SourceFile(flag)),
                why: "it takes a number with a unit: ms, s, m, h, d or w", fix: "write for example `90s` or `10m`")
        }
        return time
    }
}

extension Diagnostic.Code {
    static let invalidTime = Self("usage.invalid-time")
}
