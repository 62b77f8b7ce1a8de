import ArgumentParser
import LocalProvider

struct LocalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local",
        abstract: "Parts of the local provider that run as processes of their own.",
        shouldDisplay: false,
        subcommands: [Supervise.self])

    struct Supervise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep one service of this machine running; started by `deploy`.", shouldDisplay: false)

        @Option(help: ArgumentHelp("The service's state folder.", valueName: "folder"))
        var state: String

        func run() async throws {
            let code = await Supervisor.run(stateFolder: state)
            if code != 0 { throw ProcessExit(code: code) }
        }
    }
}
