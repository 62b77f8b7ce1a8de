import ConfigurationManager
import Diagnostics
import Documents
package import ServiceModel

/// Which cluster of a cloud is meant, where no service is described: what the project's layers say, and over it what is
/// named here.
package struct PlaceChoice: Sendable, Hashable {
    /// Whose layers count; nil means that of a service that names none.
    package var environment: DeploymentEnvironment?
    package var region: String?
    package var cluster: String?

    package init(environment: DeploymentEnvironment? = nil, region: String? = nil, cluster: String? = nil) {
        self.environment = environment
        self.region = region
        self.cluster = cluster
    }

    package var isEmpty: Bool { self == PlaceChoice() }

    /// Asks for the layers of `kind`, with what is named over them.
    func fill(_ request: inout ConfigurationRequest, at kind: ProviderKind) {
        request.provider = .init(kind, flag: "--provider")
        request.environment = environment.map { .init($0, flag: "--environment") }
        for (key, value) in [("region", region), ("cluster", cluster)] {
            guard let value else { continue }
            let flag = SourceLocation(file: SourceFile("--\(key)"))
            request.assignments.append(
                .init(
                    path: NodePath(keys: ["providers", kind.rawValue, key]), value: .string(value, at: flag)))
        }
    }
}
