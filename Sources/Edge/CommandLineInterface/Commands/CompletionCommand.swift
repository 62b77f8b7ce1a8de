import ArgumentParser
import Diagnostics
import SynthDataInfra
import TerminalUI

struct CompletionCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a script that completes commands, flags, services, contexts and more in a shell.",
        discussion: """
            For one shell, and for every later one:

                source <(synthdata-infra completion bash)
                synthdata-infra completion bash > ~/.local/share/bash-completion/completions/synthdata-infra
                synthdata-infra completion zsh > "${fpath[1]}/_synthdata-infra"
                synthdata-infra completion fish > ~/.config/fish/completions/synthdata-infra.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run(in root: CompositionRoot) async throws {
        guard let shell = CompletionShell(rawValue: shell.rawValue) else { return }
        root.console.print(RootCommand.completionScript(for: shell))
    }
}
