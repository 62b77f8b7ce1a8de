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
            abstract: "Print the merged configuration of services.",
            discussion: "As YAML, or with -o json as JSON.")

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
            discussion: """
                The key is written like storage.size: names joined by dots, positions in brackets. Without a \
                service (--type, or -f with a service file), tells what holds for all data types, and which \
                of them set it differently.
                """)

        @Argument(help: ArgumentHelp("The key.", valueName: "key"))
        var path: String

        @OptionGroup(title: "Service") var service: ServiceOptions
        @OptionGroup var output: OutputOptions

        func run(in root: CompositionRoot) async throws {
            let path = try NodePath(parsing: path)
            let presenter = ExplanationPresenter(root.console)
            guard service.dataType != nil || !service.files.isEmpty else {
                if let general = try general(path, root) { presenter.print(general, format: output.format) }
                return
            }
            var fleet = try Fleet(service, root, placeholder: "example")
            // Not `map`: its closure of tuples crashes the optimiser of Swift 6.3.
            var explanations: [(service: ServiceDeclaration, explanation: Explanation)] = []
            for declaration in fleet.declarations {
                let explanation = try Explanation(of: path, in: try fleet.configuration(declaration))
                explanations.append((declaration, explanation))
            }
            presenter.print(explanations, format: output.format)
        }

        /// What the layers say of the key to services of any data type.
        private func general(_ path: NodePath, _ root: CompositionRoot) throws -> GeneralExplanation? {
            var request = try service.request()
            var explanations: [GeneralExplanation.Item] = []
            for type in DataType.allCases {
                request.dataType = .init(type, flag: "--type")
                var fleet = try Fleet(request, service.layers.folders, root, placeholder: "example")
                for declaration in fleet.declarations {
                    let explanation = try Explanation(of: path, in: try fleet.configuration(declaration))
                    explanations.append(.init(type: type, explanation: explanation))
                }
            }
            return GeneralExplanation(explanations)
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
