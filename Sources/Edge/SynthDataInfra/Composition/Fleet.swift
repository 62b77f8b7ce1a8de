package import ConfigurationManager
import DeploymentEngine
import Diagnostics
package import Documents
import KubernetesProvider
import ResourceManager
package import ServiceModel

/// The services that are asked for, on their way from files and values to rendered objects.
///
/// Services are configured and rendered one at a time, so that a fleet of thousands needs the memory of
/// its sources and of one service.
package struct Fleet {
    private var loader: ConfigurationLoader
    private var renderer: ResourceRenderer
    private var warnings: Set<Diagnostic> = []
    /// What was decided about fields, until a release has them.
    private var unmet: UnmetChoices
    /// How many releases are still to be made.
    private var open: Int
    private let root: CompositionRoot
    /// Of places whose configuration names no account: the one that the credentials are of.
    private var accounts: [CloudPlace: String] = [:]
    /// That AWS's own settings name; nil until it is needed.
    private var region: Node??

    /// Reads the files that `request` names.
    ///
    /// - Parameter placeholder: the name of a service that nobody named; nil where a name is required.
    /// - Parameter toleratesProblems: whether ``evaluation(_:)`` is to tell what breaks the schema.
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport``.
    package init(
        _ request: ConfigurationRequest, _ folders: LayerFolders, _ root: CompositionRoot, placeholder: String? = nil,
        toleratesProblems: Bool = false
    ) throws {
        loader = try ConfigurationLoader(
            profiles: try folders.profiles(), request: request, placeholder: placeholder,
            toleratesProblems: toleratesProblems)
        renderer = ResourceRenderer(templates: try folders.templates())
        self.root = root
        unmet = UnmetChoices(root.cluster.ownership.choices)
        open = loader.declarations.count
    }

    package var declarations: [ServiceDeclaration] { loader.declarations }

    /// Whether the caller, rather than a layer of files, says how many replicas run: that ends what
    /// `scale` set.
    package var namesReplicas: Bool { loader.namesReplicas }

    /// Warnings are told to the root's `warn`, the same words once.
    package mutating func configuration(_ declaration: ServiceDeclaration) throws -> ServiceConfiguration {
        let configuration = try merged(declaration)
        do {
            return try regional(configuration)
        } catch {
            // It can be looked at without; whoever needs it throws.
            var problem = error
            problem.severity = .warning
            if warnings.insert(problem).inserted { root.warn(problem) }
            return configuration
        }
    }

    private mutating func merged(_ declaration: ServiceDeclaration) throws -> ServiceConfiguration {
        let configuration = try loader.configuration(of: declaration)
        for warning in configuration.warnings where warnings.insert(warning).inserted { root.warn(warning) }
        return configuration
    }

    /// Asks whose the credentials are where the configuration does not say: names at AWS follow from the account.
    ///
    /// - Throws: ``Diagnostic`` where there are no credentials, or no cluster.
    package mutating func findAccounts() async throws {
        for declaration in declarations where declaration.provider == .aws {
            // What is wrong with it is told when it is rendered.
            guard let configuration = try? loader.configuration(of: declaration),
                let place = CloudPlace(.aws, settings: try regional(configuration).settings),
                place["account"] == nil, accounts[place] == nil
            else { continue }
            accounts[place] = try await root.account(at: place)
        }
    }

    /// In the region that AWS's own settings name, where the configuration names none: names follow from it.
    private mutating func regional(_ configuration: ServiceConfiguration) throws(Diagnostic) -> ServiceConfiguration {
        guard configuration.provider == .aws,
            CloudPlace(.aws, settings: configuration.settings)?["region"] == nil
        else { return configuration }
        let found: Node?
        if let region { found = region } else { found = try AWSRegion.find(root.environment) }
        region = .some(found)
        return found.map(configuration.inRegion) ?? configuration
    }

    private mutating func specification(_ declaration: ServiceDeclaration) throws -> DeploymentSpec {
        let spec = DeploymentSpec(try regional(merged(declaration)))
        guard let place = CloudPlace(spec.provider, settings: spec.settings), let account = accounts[place] else {
            return spec
        }
        return spec.inAccount(account)
    }

    /// A configuration that may be wrong, with what is wrong with it; nothing is told to `warn`.
    package mutating func evaluation(
        _ declaration: ServiceDeclaration
    ) -> (configuration: ServiceConfiguration, problems: [Diagnostic]) {
        let (configuration, problems) = loader.evaluation(of: declaration)
        do {
            return (try regional(configuration), problems)
        } catch {
            return (configuration, problems + [error])
        }
    }

    package mutating func rendered(
        _ declaration: ServiceDeclaration
    ) throws -> (spec: DeploymentSpec, resources: [Resource]) {
        let spec = try specification(declaration)
        return (spec, try renderer.resources(for: spec))
    }

    /// The service's cloud resources as a Terraform configuration.
    package mutating func terraform(
        _ declaration: ServiceDeclaration
    ) throws -> (spec: DeploymentSpec, configuration: Node) {
        let spec = DeploymentSpec(try regional(merged(declaration)))
        return (spec, try renderer.terraform(for: spec))
    }

    /// The last of the fleet's releases tells ``CompositionRoot/warn`` of decisions about fields that none of them has.
    package mutating func release(_ declaration: ServiceDeclaration) throws -> Release {
        let rendered = try rendered(declaration)
        unmet.look(at: rendered.resources)
        open -= 1
        if open == 0 { unmet.warnings.forEach(root.warn) }
        var release = Release(rendered.spec, resources: rendered.resources)
        // As it is configured: that is where the account was found.
        if let place = release.place?.without("account"), accounts[place] != nil { release.place = place }
        return release
    }
}
