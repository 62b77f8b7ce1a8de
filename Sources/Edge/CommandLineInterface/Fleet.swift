import ConfigurationManager
import DeploymentEngine
import Diagnostics
import ServiceModel
import TerminalUI

/// The services that a command line asks for, on their way from files and flags to rendered objects.
///
/// Services are configured and rendered one at a time, so that a fleet of thousands needs the memory of
/// its sources and of one service.
struct Fleet {
    private var loader: ConfigurationLoader
    private var renderer: ResourceRenderer
    private let root: CompositionRoot
    private var warnings: [Diagnostic] = []

    init(_ options: ServiceOptions, _ root: CompositionRoot, placeholder: String? = nil) throws {
        loader = try ConfigurationLoader(
            profiles: try root.profiles(options.layers), request: try options.request(), placeholder: placeholder)
        renderer = ResourceRenderer(templates: try root.templates(options.layers))
        self.root = root
    }

    var declarations: [ServiceDeclaration] { loader.declarations }

    mutating func configuration(_ declaration: ServiceDeclaration) throws -> ServiceConfiguration {
        let configuration = try loader.configuration(of: declaration)
        warnings += configuration.warnings
        return configuration
    }

    mutating func rendered(_ declaration: ServiceDeclaration) throws -> (spec: DeploymentSpec, resources: [Resource]) {
        let spec = DeploymentSpec(try configuration(declaration))
        return (spec, try renderer.resources(for: spec))
    }

    mutating func release(_ declaration: ServiceDeclaration) throws -> Release {
        let rendered = try rendered(declaration)
        return Release(rendered.spec, resources: rendered.resources)
    }

    /// What is odd, but no error, to standard error; the same words once.
    mutating func printWarnings() {
        var seen: Set<Diagnostic> = []
        DiagnosticsPrinter(console: root.console, asJSON: false).print(warnings.filter { seen.insert($0).inserted })
        warnings = []
    }
}
