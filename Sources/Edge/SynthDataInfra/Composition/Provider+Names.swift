package import Diagnostics
package import ServiceModel

extension Provider {
    /// The one deployed service called `name`.
    ///
    /// - Parameter namespace: where to look; nil means everywhere.
    /// - Throws: ``Diagnostic`` when there is none, with the nearest name, or when there are several.
    package func service(named name: String, namespace: String?) async throws -> ServiceIdentity {
        let wanted = try ServiceName(name)
        let services = try await releases.services()
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
    package static let ambiguousService = Self("service.ambiguous")
}
