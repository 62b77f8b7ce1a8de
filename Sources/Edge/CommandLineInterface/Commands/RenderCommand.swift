import ArgumentParser
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import SynthDataInfra
import TerminalUI

struct RenderCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Print or write the manifests of services, in apply order.",
        discussion: """
            Works for every provider and needs no connection. The same input always gives the same bytes. \
            Prints YAML; -o json prints a List of JSON, -o name the kinds and names.

            --format terraform writes the cloud resources of services of aws, gcp and azure instead, as Terraform's \
            JSON: a root module for each service.
            """)

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Write a folder for each service and a file for each object, instead of printing.", valueName: "folder"))
    var outputDir: String?

    @Option(help: ArgumentHelp("kubernetes (default) or terraform.", valueName: "format"))
    var format: String?

    @Flag(help: "Print the Roles and bindings that deploying and operating the services takes, instead of them.")
    var rights = false

    @Option(
        help: ArgumentHelp(
            "Who gets them: user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME (default: the ServiceAccount"
                + " synthdata-infra of each namespace).", valueName: "subject"))
    var subject: String?

    func run(in root: CompositionRoot) async throws {
        var fleet = try Fleet(service, root)
        if try format.map({ try NamedChoice.read($0, "--format", .renderFormat) as RenderFormat }) == .terraform {
            try renderTerraform(&fleet, root)
            return
        }
        let writer = outputDir.map(ManifestWriter.init)
        var printer = ManifestPrinter(console: root.console, format: try manifestFormat())
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

    /// Terraform reads one document a folder: several services need folders.
    private func renderTerraform(_ fleet: inout Fleet, _ root: CompositionRoot) throws {
        if rights || subject != nil {
            throw Diagnostic(
                .error, .renderFormat, "`--rights` goes with manifests only",
                at: SourceLocation(file: SourceFile("--rights")),
                why: "they are rights in the cluster, and Terraform makes what is around it",
                fix: "leave one of the two away")
        }
        if let format = output.format, format != .json { throw UsageError.format("render --format terraform", [.json]) }
        let writer = outputDir.map(TerraformWriter.init)
        if writer == nil, fleet.declarations.count > 1 {
            throw Diagnostic(
                .error, .renderFormat, "\(fleet.declarations.count) configurations cannot be printed as one",
                at: SourceLocation(file: SourceFile("--format")), why: "each service has a root module of its own",
                fix: "name a folder for them with --output-dir, or one service with --name")
        }
        for declaration in fleet.declarations {
            let rendered = try fleet.terraform(declaration)
            if let writer {
                try writer.write(rendered.configuration, of: rendered.spec.service)
            } else {
                root.console.write(TerraformWriter.bytes(of: rendered.configuration))
            }
        }
    }

    private func manifestFormat() throws -> ManifestPrinter.Format {
        switch output.format {
        case nil, .yaml: .yaml
        case .json: .json
        case .name: .name
        case .table, .wide: throw UsageError.format("render", [.yaml, .json, .name])
        }
    }
}

/// What services are rendered to.
private enum RenderFormat: String, CaseIterable {
    case kubernetes
    case terraform
}

extension Diagnostic.Code {
    static let renderFormat = Self("usage.render-format")
}
