import ConfigurationManager
import Diagnostics

/// Finds what is wrong with a command line that the argument parser refuses, and says it like any other problem.
///
/// The parser keeps its errors to itself but for their text; reading the line again by the description of the
/// commands tells more than that, and everything at once.
struct UsageCheck {
    private(set) var problems: [Diagnostic] = []
    private var command: CommandDescription
    private var rest: ArraySlice<String>
    private var positionals: [String] = []
    private var given: Set<String> = []

    /// - Parameter arguments: without the program's name.
    init(_ arguments: [String], _ root: CommandDescription) {
        command = root
        rest = arguments[...]
        let isHelp = rest.first == "help"
        if isHelp { rest.removeFirst() }
        guard findCommand(), !isHelp else { return }
        readArguments()
        checkPositionals()
        // A misspelt option is not missing, too.
        if problems.isEmpty { checkRequired() }
    }

    /// Follows the words that name the command; false when one of them names none.
    private mutating func findCommand() -> Bool {
        while !command.subcommands.isEmpty, let word = rest.first {
            if word.hasPrefix("-") {
                guard command.argument(named: word) == nil else { return false }
                problems.append(misplaced(Self.name(of: word)))
                return false
            }
            guard let next = command.subcommands[word] else {
                problems.append(FamiliarCommand.unknown(word, in: command))
                return false
            }
            command = next
            rest.removeFirst()
        }
        return true
    }

    private func misplaced(_ name: String) -> Diagnostic {
        if name == "--version" {
            return Diagnostic(
                .error, .usage, "`--version` goes with nothing else", fix: "write `synthdata-infra --version`")
        }
        return Diagnostic(
            .error, .usage, "`\(command.line)` has no option `\(name)`",
            why: "options stand behind the command that they belong to",
            fix: "`\(command.line) --help` lists the commands")
    }

    private mutating func readArguments() {
        while let word = rest.popFirst() {
            if word == "--" {
                positionals += rest
                return
            }
            guard word.hasPrefix("-"), word != "-" else {
                positionals.append(word)
                continue
            }
            let name = Self.name(of: word)
            guard let argument = command.argument(named: name) else {
                unknownOption(name)
                continue
            }
            given.formUnion(argument.names)
            let attached = name == word ? nil : String(word.dropFirst(name.count + 1))
            if argument.kind == .flag {
                if attached != nil { report(name, "it takes no value", fix: "write `\(name)` alone") }
            } else if let value = attached ?? value(of: argument, name) {
                check(value, of: argument, name)
            }
        }
    }

    /// The next word, unless it looks like an option.
    private mutating func value(of argument: CommandDescription.Argument, _ name: String) -> String? {
        guard let next = rest.first, next == "-" || !next.hasPrefix("-") else {
            let choice = argument.values.isEmpty ? nil : "it takes one of \(argument.values.joined(separator: ", "))"
            if let next = rest.first, next != "--", command.argument(named: Self.name(of: next)) == nil {
                report(
                    name, "a value is missing", why: "`\(next)` starts with `-`, as options do",
                    fix: "write `\(name)=\(next)` when that is the value")
                rest.removeFirst()
            } else {
                report(name, "a value is missing", why: choice, fix: "write `\(name) <\(argument.valueName)>`")
            }
            return nil
        }
        return rest.removeFirst()
    }

    private mutating func check(_ value: String, of argument: CommandDescription.Argument, _ name: String) {
        guard !argument.values.isEmpty, !argument.values.contains(value) else { return }
        report(
            name, "`\(value)` is not known", why: "it takes one of \(argument.values.joined(separator: ", "))",
            fix: NearestNameHint.fix(for: value, among: argument.values))
    }

    private mutating func unknownOption(_ name: String) {
        let known = command.arguments.flatMap(\.names)
        let short = String(name.prefix(2))
        let fix: String
        if !name.hasPrefix("--"), name.count > 2, let argument = command.argument(named: short) {
            let value = name.dropFirst(2)
            fix = argument.kind == .flag ? "write short options one by one" : "did you mean `\(short) \(value)`?"
        } else if let near = NearestName.find(name, among: known.filter { $0.hasPrefix("--") }) {
            fix = "did you mean `\(near)`?"
        } else {
            fix = "`\(command.line) --help` lists the options"
        }
        problems.append(Diagnostic(.error, .usage, "`\(command.line)` has no option `\(name)`", fix: fix))
        // What follows is most likely its value.
        if let next = rest.first, !next.hasPrefix("-"), !command.arguments.contains(where: { $0.kind == .positional }) {
            rest.removeFirst()
        }
    }

    private mutating func checkPositionals() {
        let places = command.arguments.filter { $0.kind == .positional }
        guard !places.contains(where: \.isRepeatable) else { return }
        for extra in positionals.dropFirst(places.count) {
            problems.append(
                Diagnostic(
                    .error, .usage, "`\(command.line)` takes no \(places.isEmpty ? "" : "further ")argument `\(extra)`",
                    fix: option(for: extra, isOnly: places.isEmpty).map { "did you mean `\($0) \(extra)`?" }
                        ?? "`\(command.line) --help` shows what it takes"))
        }
    }

    /// What was left out before a word.
    private func option(for word: String, isOnly: Bool) -> String? {
        let isFile = [".yaml", ".yml", ".json", "/"].contains { word.lowercased().hasSuffix($0) }
        if isFile, command.argument(named: "-f")?.names.contains("--file") == true { return "-f" }
        return isOnly && command.argument(named: "--name") != nil && !given.contains("--name") ? "--name" : nil
    }

    private mutating func checkRequired() {
        var places = positionals.count
        let required = command.arguments.filter(\.isRequired)
        let missing = required.filter { argument in
            guard argument.kind == .positional else { return given.isDisjoint(with: argument.names) }
            places -= 1
            return places < 0
        }
        guard !missing.isEmpty else { return }
        problems.append(
            Diagnostic(
                .error, .usage,
                "`\(command.line)` needs \(missing.map { "`\($0.usage)`" }.joined(separator: " and "))",
                fix: "write `\(([command.line] + required.map(\.usage)).joined(separator: " "))`"))
    }

    private mutating func report(_ name: String, _ what: String, why: String? = nil, fix: String) {
        problems.append(
            Diagnostic(.error, .usage, what, at: SourceLocation(file: SourceFile(name)), why: why, fix: fix))
    }

    /// The option of a word, without the value that it may carry.
    private static func name(of word: String) -> String {
        word.firstIndex(of: "=").map { String(word[..<$0]) } ?? word
    }
}

extension Diagnostic.Code {
    static let usage = Self("usage")
}
