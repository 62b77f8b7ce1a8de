package import Diagnostics
package import ServiceModel

extension Provider {
    /// The one deployed service called `name`.
    ///
    /// - Parameter namespace: where to look; nil means everywhere.
    /// - Throws: ``Diagnostic`` when there is none, with the nearest name, or when there are several.
    package func service(named name: String, namespace: String?) async throws -> ServiceIdentity {
        let wanted = try ServiceName(name)
        // Who has rights in one namespace alone cannot look through all of them.
        if let namespace {
            let service = ServiceIdentity(name: wanted, namespace: namespace)
            if try await !releases.current(of: service).isEmpty { return service }
        }
        let services = try await all(named: name, isNarrow: namespace != nil)
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

    private func all(named name: String, isNarrow: Bool) async throws -> [ServiceIdentity] {
        do {
            return try await releases.services()
        } catch let problem as Diagnostic where problem.code.outcome == .denied {
            if isNarrow { return [] }
            throw Diagnostic(
                .error, problem.code, "`\(name)` cannot be looked for in all namespaces", why: problem.why,
                fix: "name its namespace with --namespace")
        }
    }
}

extension Diagnostic.Code {
    package static let ambiguousService = Self("service.ambiguous")
}
