import ArgumentParser
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import SynthDataInfra

struct RenderCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Print or write the manifests of services, in apply order.",
        discussion: """
            Works for every provider and needs no connection. The same input always gives the same bytes. \
            Prints YAML; -o json prints a List of JSON, -o name the kinds and names.
            """)

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Write a folder for each service and a file for each object, instead of printing.", valueName: "folder"))
    var outputDir: String?

    @Flag(help: "Print the Roles and bindings that deploying and operating the services takes, instead of them.")
    var rights = false

    @Option(
        help: ArgumentHelp(
            "Who gets them: user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME (default: the ServiceAccount"
                + " synthdata-infra of each namespace).", valueName: "subject"))
    var subject: String?

    func run(in root: CompositionRoot) async throws {
        var fleet = try Fleet(service, root)
        let writer = outputDir.map(ManifestWriter.init)
        var printer = ManifestPrinter(console: root.console, format: try format())
        if rights || subject != nil {
            let releases = try fleet.declarations.map { try fleet.release($0) }
            printer.print(
                try root.rights(for: releases, subject: subject, at: SourceLocation(file: SourceFile("--subject"))))
            printer.finish()
            return
        }
        for declaration in fleet.declarations {
            var rendered = try fleet.rendered(declaration)
            rendered.resources.removeAll { $0.identity.isCloud }
            if let writer {
                try writer.write(rendered.resources, of: rendered.spec.service)
            } else {
                printer.print(rendered.resources)
            }
        }
        if writer == nil { printer.finish() }
    }

    private func format() throws -> ManifestPrinter.Format {
        switch output.format {
        case nil, .yaml: .yaml
        case .json: .json
        case .name: .name
        case .table, .wide: throw UsageError.format("render", [.yaml, .json, .name])
        }
    }
}
