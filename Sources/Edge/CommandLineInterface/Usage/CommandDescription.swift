import ArgumentParser
import Diagnostics
import Documents

/// What a command takes, as the argument parser describes it to tools with `--experimental-dump-help`.
struct CommandDescription {
    struct Argument {
        enum Kind: String {
            case positional, option, flag
        }

        let kind: Kind
        /// As they are written: `-o`, `--output`; none for an argument that has only its position.
        let names: [String]
        /// What stands for the value in help.
        let valueName: String
        /// The values that it takes, where they are fixed.
        let values: [String]
        let isRequired: Bool
        let isRepeatable: Bool

        /// As it is written in a usage line.
        var usage: String {
            let value = "<\(valueName)>"
            guard let name = names.last else { return value }
            return kind == .flag ? name : "\(name) \(value)"
        }
    }

    /// What is typed to run it.
    let line: String
    let isHidden: Bool
    let subcommands: [String: CommandDescription]
    /// The commands that help lists, in its order.
    let commandNames: [String]
    let arguments: [Argument]

    /// All commands of the tool; nil when the argument parser describes them in another way than expected.
    static func root() -> CommandDescription? {
        do {
            _ = try RootCommand.parseAsRoot(["--experimental-dump-help"])
            return nil
        } catch {
            let text = RootCommand.message(for: error)
            let dump = try? JSONParser.parse(text, file: SourceFile("--experimental-dump-help"))
            return dump?["command"].flatMap { CommandDescription($0, parent: nil) }
        }
    }

    private init?(_ node: Node, parent: String?) {
        guard let name = node["commandName"]?.string else { return nil }
        let line = parent.map { "\($0) \(name)" } ?? name
        self.line = line
        isHidden = node["shouldDisplay"]?.bool == false
        arguments = (node["arguments"]?.sequence ?? []).compactMap(Argument.init)
        let below = (node["subcommands"]?.sequence ?? []).compactMap { node in
            node["commandName"]?.string.flatMap { name in
                CommandDescription(node, parent: line).map { (name, $0) }
            }
        }
        subcommands = Dictionary(below) { first, _ in first }
        commandNames = below.filter { !$0.1.isHidden }.map(\.0)
    }

    /// The argument that is written so.
    func argument(named name: String) -> Argument? {
        arguments.first { $0.names.contains(name) }
    }
}

extension CommandDescription.Argument {
    fileprivate init?(_ node: Node) {
        guard let kind = node["kind"]?.string.flatMap(Kind.init(rawValue:)) else { return nil }
        self.kind = kind
        names = (node["names"]?.sequence ?? []).compactMap { node in
            node["name"]?.string.map { (node["kind"]?.string == "long" ? "--" : "-") + $0 }
        }
        valueName = node["valueName"]?.string ?? "value"
        values = (node["allValues"]?.sequence ?? []).compactMap(\.string)
        isRequired = node["isOptional"]?.bool == false
        isRepeatable = node["isRepeating"]?.bool == true
    }
}
