import ArgumentParser

/// How data is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case wide
    case json
    case yaml
    case name
}

/// `-o`, the same for every command that prints data.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("How data is printed.", valueName: "format"))
    var format: OutputFormat?
}

extension OutputOptions {
    /// Whether `arguments` ask for JSON. Asked before they are parsed: problems of parsing are JSON, too.
    static func asksForJSON(_ arguments: [String]) -> Bool {
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return false }
            if argument == "-o" || argument == "--output", arguments.dropFirst(index + 1).first == "json" {
                return true
            }
            if argument == "--progress", arguments.dropFirst(index + 1).first == "json" { return true }
            if argument == "--progress=json" { return true }
            if argument == "-ojson" || argument == "--output=json" || argument == "-o=json" { return true }
        }
        return false
    }
}
