import Diagnostics

/// Commands by the names that other tools give them.
enum FamiliarCommand {
    private static let otherNames = [
        "monitor": "status --watch", "top": "status --watch", "list": "status", "ls": "status", "ps": "status",
        "delete": "destroy", "remove": "destroy", "rm": "destroy", "uninstall": "destroy", "down": "destroy",
        "apply": "deploy", "up": "deploy", "install": "deploy", "upgrade": "deploy", "plan": "diff",
    ]

    /// The problem with `word`, which names no command below `command`.
    static func unknown(_ word: String, in command: CommandDescription) -> Diagnostic {
        let isRoot = !command.line.contains(" ")
        let names = command.commandNames
        let below = names.first { command.subcommands[$0]?.subcommands[word] != nil }.map { "\($0) \(word)" }
        let near = isRoot ? otherNames[word] ?? below ?? nearest(word, names) : nearest(word, names)
        return Diagnostic(
            .error, .usage, isRoot ? "there is no command `\(word)`" : "`\(command.line)` has no command `\(word)`",
            why: isRoot ? nil : "its commands are \(names.joined(separator: ", "))",
            fix: near.map { "did you mean `\(command.line) \($0)`?" } ?? "`\(command.line) --help` lists the commands")
    }

    private static func nearest(_ word: String, _ names: [String]) -> String? {
        NearestName.find(word, among: names)
    }
}
