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
                of them set it differently. Works on a configuration that is wrong elsewhere, too.
                """)

        @Argument(help: ArgumentHelp("The key.", valueName: "key"))
        var path: String

        @OptionGroup(title: "Service") var service: ServiceOptions
        @OptionGroup var output: OutputOptions

        func run(in root: CompositionRoot) async throws {
            let path = try NodePath(parsing: path)
            let presenter = ExplanationPresenter(root.console)
            var problems: [Diagnostic] = []
            guard service.dataType != nil || !service.files.isEmpty else {
                let items = try items(path, root, &problems)
                if let general = GeneralExplanation(items) { presenter.print(general, format: output.format) }
                try tell(problems, of: items.map(\.explanation), root)
                return
            }
            var fleet = try Fleet(service, root, placeholder: "example", toleratesProblems: true)
            // Not `map`: its closure of tuples crashes the optimiser of Swift 6.3.
            var explanations: [(service: ServiceDeclaration, explanation: Explanation)] = []
            for declaration in fleet.declarations {
                let (configuration, found) = fleet.evaluation(declaration)
                problems += found
                explanations.append((declaration, try Explanation(of: path, in: configuration)))
            }
            presenter.print(explanations, format: output.format)
            try tell(problems, of: explanations.map(\.explanation), root)
        }

        /// What is wrong elsewhere does not keep the key from being explained: it is told, each once.
        ///
        /// - Throws: all of it where the key itself is wrong.
        private func tell(_ problems: [Diagnostic], of explanations: [Explanation], _ root: CompositionRoot) throws {
            var known: Set<Diagnostic> = []
            let problems = problems.filter { known.insert($0).inserted }
            if explanations.contains(where: \.isInvalid) { throw DiagnosticReport(problems) }
            for var problem in problems {
                problem.severity = .warning
                root.warn(problem)
            }
        }

        /// What the layers say of the key to services of any data type.
        private func items(
            _ path: NodePath, _ root: CompositionRoot, _ problems: inout [Diagnostic]
        ) throws -> [GeneralExplanation.Item] {
            var request = try service.request()
            var explanations: [GeneralExplanation.Item] = []
            for type in DataType.allCases {
                request.dataType = .init(type, flag: "--type")
                var fleet = try Fleet(
                    request, service.layers.folders, root, placeholder: "example", toleratesProblems: true)
                for declaration in fleet.declarations {
                    let (configuration, found) = fleet.evaluation(declaration)
                    problems += found
                    explanations.append(.init(type: type, explanation: try Explanation(of: path, in: configuration)))
                }
            }
            return explanations
        }
    }

    struct Schema: ServiceCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of service files, for editors.",
            discussion: "As JSON, or with -o yaml as YAML.")

        @OptionGroup var output: OutputOptions

        func run(in root: CompositionRoot) async throws {
            guard output.format == nil || output.format == .yaml || output.format == .json else {
                throw UsageError.format("config schema", [.yaml, .json])
            }
            root.console.printDocument(JSONSchemaDocument.node, as: output.format ?? .json)
        }
    }
}
