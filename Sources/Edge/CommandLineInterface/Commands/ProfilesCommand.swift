import ArgumentParser
import Diagnostics
import Documents
import SynthDataInfra
import TerminalUI

struct ProfilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "Look at the built-in layers.",
        subcommands: [List.self, Show.self])

    struct List: ServiceCommand {
        static let configuration = CommandConfiguration(abstract: "List the built-in layers.")

        @OptionGroup(title: "Layers") var layers: LayerOptions
        @OptionGroup var output: OutputOptions

        func run(in root: CompositionRoot) async throws {
            let paths = try layers.profilePaths()
            switch output.format {
            case .json, .yaml:
                let list: Node = [
                    "apiVersion": "synthdata.io/v1", "kind": "ProfileList",
                    "items": .sequence(paths.map { .string($0) }),
                ]
                root.console.printDocument(list, as: output.format)
            case nil, .table, .wide, .name:
                for path in paths { root.console.print(path) }
            }
        }
    }

    struct Show: ServiceCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a built-in layer as it stands, with its comments.",
            discussion: "As YAML, or with -o json as JSON.")

        @Argument(help: "Its name, such as data-types/image or base.")
        var name: String

        @OptionGroup var layers: LayerOptions
        @OptionGroup var output: OutputOptions

        func run(in root: CompositionRoot) async throws {
            guard output.format == nil || output.format == .yaml || output.format == .json else {
                throw UsageError.format("profiles show", [.yaml, .json])
            }
            let paths = try layers.profilePaths()
            let wanted = name.hasSuffix(".yaml") ? name : name + ".yaml"
            let match = paths.first { $0 == wanted } ?? paths.first { Self.same($0, wanted) }
            let tree = try layers.folders.profiles()
            guard let match, let text = try tree.text(at: match), let file = try tree.documents(at: match) else {
                throw Self.unknown(name, paths)
            }
            if output.format == .json {
                for document in file.documents { root.console.printDocument(document, as: .json) }
            } else {
                root.console.write(text)
            }
        }

        /// The nearest name by its last part, which is what people type.
        private static func unknown(_ name: String, _ paths: [String]) -> Diagnostic {
            let names = paths.map { $0.replacing(".yaml", with: "") }
            let last = { (name: String) in name.split(separator: "/").last.map(String.init) ?? name }
            let near = NearestName.find(last(name).replacing(".yaml", with: ""), among: names.map(last))
            return Diagnostic(
                .error, .unknownProfile, "there is no profile `\(name)`",
                fix: near.flatMap { near in names.first { last($0) == near } }.map { "did you mean `\($0)`?" }
                    ?? "`synthdata-infra profiles list` lists them")
        }

        /// By the last part alone, `-` and `_` alike: `time-series` is `data-types/time_series.yaml`.
        private static func same(_ path: String, _ wanted: String) -> Bool {
            let last = path.split(separator: "/").last.map(String.init) ?? path
            return last.replacing("-", with: "_") == wanted.replacing("-", with: "_")
                || path.replacing("-", with: "_") == wanted.replacing("-", with: "_")
        }
    }
}

extension LayerOptions {
    /// The paths of all profiles, in the order in which they are layered.
    func profilePaths() throws -> [String] {
        let tree = try folders.profiles()
        return try ["base.yaml"] + ["data-types", "providers", "environments"].flatMap { try tree.paths(under: $0) }
    }
}

extension Diagnostic.Code {
    static let unknownProfile = Self("profiles.unknown")
}
