import ArgumentParser
import DeploymentEngine
import Diagnostics
import ServiceModel

/// Which deployed service a command works on.
struct TargetOptions: ParsableArguments {
    @Option(help: "Where it runs: local (default), onprem, aws, gcp, azure.")
    var provider: String?

    @Option(help: ArgumentHelp("Namespace, where several have a service of that name.", valueName: "namespace"))
    var namespace: String?

    func providerKind() throws(Diagnostic) -> ProviderKind {
        guard let provider else { return .local }
        return try NamedChoice.read(provider, "--provider", .unknownProvider)
    }

    /// The one deployed service called `name`.
    ///
    /// - Throws: ``Diagnostic`` when there is none, with the nearest name, or when there are several.
    func service(named name: String, at provider: any Provider) async throws -> ServiceIdentity {
        let wanted = try ServiceName(name)
        let services = try await provider.releases.services()
        let matches = services.filter { $0.name == wanted && (namespace == nil || $0.namespace == namespace) }
        if matches.count > 1 {
            throw Diagnostic(
                .error, .ambiguousService, "several services are called `\(name)`",
                why: "in the namespaces \(matches.map(\.namespace).joined(separator: ", "))", fix: "add --namespace")
        }
        guard let match = matches.first else {
            let near = NearestName.find(name, among: services.map(\.name.value))
            throw Diagnostic(
                .error, .unknownService, "there is no service `\(name)`",
                fix: near.map { "did you mean `\($0)`?" } ?? "`synthdata-infra status` lists the services")
        }
        return match
    }
}

extension Diagnostic.Code {
    static let ambiguousService = Self("service.ambiguous")
}
