import ArgumentParser

/// `synthdata-infra`: every command of the tool.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthdata-infra",
        abstract: "Deploy and operate synthetic-data services.",
        usage: """
            synthdata-infra <subcommand>
            synthdata-infra --version
            """,
        discussion: """
            Profiles, YAML layers and flags merge into one configuration; every value knows where it \
            came from. The same command line deploys to this machine or to a Kubernetes cluster.

            Exit codes: 0 done, 1 failed, 2 invalid usage or configuration, 3 changes pending, \
            4 timed out, 5 locked, 6 no permission, 130 interrupted.
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Deploying",
                subcommands: [
                    DeployCommand.self, DiffCommand.self, ScaleCommand.self, RollbackCommand.self, DestroyCommand.self,
                ]),
            CommandGroup(
                name: "Observing",
                subcommands: [
                    StatusCommand.self, LogsCommand.self, HistoryCommand.self, DriftCommand.self, DoctorCommand.self,
                ]),
            CommandGroup(
                name: "Configuring",
                subcommands: [
                    InitCommand.self, ValidateCommand.self, RenderCommand.self, ConfigCommand.self,
                    ProfilesCommand.self,
                    TemplateCommand.self,
                ]),
            CommandGroup(name: "Workload", subcommands: [WorkloadCommand.self, LocalCommand.self]),
        ])
}
