import ArgumentParser
import ConfigurationManager
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import SynthDataInfra
import TerminalUI

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Look at configuration: merged, explained, described.",
        subcommands: [Show.self, Explain.self, Schema.self])

    struct Show: ServiceCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the merged configuration of services.")

        @OptionGroup(title: "Service") var service: ServiceOptions
        @OptionGroup var output: OutputOptions

        func run(in root: CompositionRoot) async throws {
            guard output.format == nil || output.format == .yaml || output.format == .json else {
                throw UsageError.format("config show", [.yaml, .json])
            }
            var fleet = try Fleet(service, root, placeholder: "example")
            let documents = try fleet.declarations.map { try fleet.configuration($0).document }
            if output.format == .json {
                let list: Node = [
                    "apiVersion": "synthdata.io/v1", "kind": "ServiceConfigurationList",
                    "items": .sequence(documents),
                ]
                root.console.printDocument(documents.count == 1 ? documents[0] : list, as: .json)
            } else {
                root.console.write(YAMLEmitter.emit(documents: documents))
            }
        }
    }

    struct Explain: ServiceCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell what a key means and which layers set it.",
            discussion: "PATH is a key such as storage.size; keys join with dots, positions stand in brackets.")

        @Argument(help: "The key.")
        var path: String

        @OptionGroup(title: "Service") var service: ServiceOptions
        @OptionGroup var output: OutputOptions

        func run(in root: CompositionRoot) async throws {
            let path = try NodePath(parsing: path)
            var fleet = try Fleet(service, root, placeholder: "example")
            // Not `map`: its closure of tuples crashes the optimiser of Swift 6.3.
            var explanations: [(service: ServiceDeclaration, explanation: Explanation)] = []
            for declaration in fleet.declarations {
                let explanation = try Explanation(of: path, in: try fleet.configuration(declaration))
                explanations.append((declaration, explanation))
            }
            ExplanationPresenter(root.console).print(explanations, format: output.format)
        }
    }

    struct Schema: ServiceCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of service files, for editors.")

        func run(in root: CompositionRoot) async throws {
            root.console.print(JSONEmitter.emit(JSONSchemaDocument.node, .init(pretty: true)))
        }
    }
}
