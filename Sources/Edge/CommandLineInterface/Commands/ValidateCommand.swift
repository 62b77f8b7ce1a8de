import ArgumentParser
import ConfigurationManager
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import SynthDataInfra
import TerminalUI

struct ValidateCommand: ServiceCommand, ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check services without touching anything.",
        discussion:
            "Configures and renders every service, and reports all problems at once; exits with 2 when there are any.")

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup(title: "Reporting") var reporting: ReportingOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        var problems = DiagnosticCollector()
        var fleet = try Fleet(service, root, placeholder: "example")
        let declarations = fleet.declarations
        for declaration in declarations {
            var own = DiagnosticCollector()
            let rendered = own.gather { try fleet.rendered(declaration) }
            problems.report(contentsOf: own)
            // The namespace is known only of what is valid.
            let identity = rendered?.spec.service ?? ServiceIdentity(name: declaration.name, namespace: "")
            if !declaration.isNameless { RunRecord.shared.noted(identity, "valid", own.diagnostics) }
        }
        try problems.throwIfErrors()
        let services = declarations.filter { !$0.isNameless }
        switch output.format {
        case .json, .yaml:
            let document: Node = [
                "apiVersion": "synthdata.io/v1", "kind": "Validation", "valid": true,
                "services": .sequence(services.map { .string($0.name.value) }),
            ]
            root.console.printDocument(document, as: output.format)
        case .name:
            for service in services { root.console.print(service.name.value) }
        default:
            root.console.print(Self.verdict(declarations), to: .error)
        }
    }

    private static func verdict(_ declarations: [ServiceDeclaration]) -> String {
        if let only = declarations.first, only.isNameless {
            return "the configuration of type `\(only.dataType.rawValue)` for \(only.environment.rawValue) on "
                + "\(only.provider.rawValue) is valid; no service was given"
        }
        return declarations.count == 1
            ? "the service `\(declarations[0].name)` is valid" : "\(declarations.count) services are valid"
    }
}
