import ArgumentParser
import Diagnostics
import Documents
import SynthDataInfra
import TemplateRenderer
import TerminalUI

struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Work with JSON-e templates.",
        subcommands: [Render.self])

    struct Render: ServiceCommand {
        static let configuration = CommandConfiguration(
            abstract: "Render one JSON-e template with a context.",
            discussion: """
                The language is JSON-e 4.8: https://json-e.js.org. Prints YAML, or with -o json JSON.
                """)

        @Option(help: ArgumentHelp("Template, YAML or JSON; - for standard input.", valueName: "file"))
        var template: String

        @Option(help: ArgumentHelp("Context, a YAML or JSON mapping.", valueName: "file"))
        var context: String?

        @Option(help: ArgumentHelp("The time that `now` means, in RFC 3339 (default: the clock's).", valueName: "time"))
        var now: String?

        @OptionGroup var output: OutputOptions

        func run(in root: CompositionRoot) async throws {
            guard output.format == nil || output.format == .yaml || output.format == .json else {
                throw UsageError.format("template render", [.yaml, .json])
            }
            let source = try FileBytes.read(path: template, maximumSize: DocumentReader.maximumSize)
            let file = SourceFile(template == "-" ? "<stdin>" : template)
            let node = try Self.only(DocumentReader.parse(source, path: template, file: file), template)
            var values = Mapping()
            if let context {
                let node = try Self.only(DocumentReader.read(path: context), context)
                guard let mapping = node.mapping else {
                    throw Diagnostic(
                        .error, .contextKind, "a context is a mapping, not a \(node.kind)", at: node.location,
                        fix: "write `name: value` lines")
                }
                values = mapping
            }
            let result = try Template(node, source: String(decoding: source, as: UTF8.self)).render(
                Context(values), now: now)
            root.console.printDocument(result, as: output.format)
        }

        private static func only(_ documents: [Node], _ path: String) throws -> Node {
            guard documents.count == 1 else {
                throw Diagnostic(
                    .error, .manyDocuments, "one document is expected, \(documents.count) found",
                    at: SourceLocation(file: SourceFile(path)),
                    fix: documents.isEmpty ? "write the document" : "keep one, without `---` before and behind it")
            }
            return documents[0]
        }
    }
}

extension Diagnostic.Code {
    static let contextKind = Self("template.context-kind")
}
