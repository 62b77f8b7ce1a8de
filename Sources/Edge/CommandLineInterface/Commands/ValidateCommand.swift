import ArgumentParser
import ConfigurationManager
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import SynthDataInfra
import TerminalUI

struct ValidateCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check services without touching anything.",
        discussion:
            "Configures and renders every service, and reports all problems at once; exits with 2 when there are any.")

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        var problems = DiagnosticCollector()
        var fleet = try Fleet(service, root, placeholder: "example")
        let declarations = fleet.declarations
        for declaration in declarations {
            problems.gather { _ = try fleet.rendered(declaration) }
        }
        try problems.throwIfErrors()
        switch output.format {
        case .json, .yaml:
            let document: Node = [
                "apiVersion": "synthdata.io/v1", "kind": "Validation", "valid": true,
                "services": .sequence(declarations.map { .string($0.name.value) }),
            ]
            root.console.printDocument(document, as: output.format)
        case .name:
            for declaration in declarations { root.console.print(declaration.name.value) }
        default:
            let count = declarations.count == 1 ? "1 service is" : "\(declarations.count) services are"
            root.console.print("\(count) valid", to: .error)
        }
    }
}
