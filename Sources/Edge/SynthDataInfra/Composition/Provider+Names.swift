package import Diagnostics
import KubernetesProvider
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
        let services = try await all(named: name, in: namespace)
        let matches = services.filter { $0.name == wanted }
        if matches.count > 1 {
            throw Diagnostic(
                .error, .ambiguousService, "several services are called `\(name)`",
                why: "in the namespaces \(matches.map(\.namespace).joined(separator: ", "))", fix: "add --namespace")
        }
        guard let match = matches.first else {
            let near = NearestName.find(name, among: services.map(\.name.value))
            throw Diagnostic(
                .error, .unknownService,
                "there is no service `\(name)`\(namespace.map { " in namespace `\($0)`" } ?? "")",
                fix: near.map { "did you mean `\($0)`?" }
                    ?? "`synthdata-infra status\(CommandFlags.place(kind, in: place, namespace: namespace))` lists the services"
            )
        }
        return match
    }

    private func all(named name: String, in namespace: String?) async throws -> [ServiceIdentity] {
        do {
            return try await releases.services(in: namespace)
        } catch let problem as Diagnostic where problem.code == .forbidden && namespace == nil {
            throw Diagnostic(
                .error, problem.code, "`\(name)` cannot be looked for in all namespaces", why: problem.why,
                fix: "name its namespace with --namespace")
        }
    }

    /// What all services of a namespace are doing; of all namespaces where it is nil.
    ///
    /// - Throws: who may look into some namespaces only is told how.
    package func statuses(in namespace: String?, withEndpoints: Bool) async throws -> [ServiceStatus] {
        try await narrowable(namespace) { try await observe(in: namespace, withEndpoints: withEndpoints) }
    }

    /// All services of a namespace that were ever deployed; of all namespaces where it is nil.
    ///
    /// - Throws: who may look into some namespaces only is told how.
    package func deployedServices(in namespace: String?) async throws -> [ServiceIdentity] {
        try await narrowable(namespace) { try await releases.services(in: namespace) }
    }

    private func narrowable<Value>(_ namespace: String?, _ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch var problem as Diagnostic where problem.code == .forbidden && namespace == nil {
            problem.fix = (problem.fix.map { "\($0), or " } ?? "") + "look into one namespace with --namespace"
            throw problem
        }
    }
}

extension Diagnostic.Code {
    package static let ambiguousService = Self("service.ambiguous")
}
