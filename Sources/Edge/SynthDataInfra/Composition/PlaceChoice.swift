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

    private static let regionKey = "region"
    private static let clusterKey = "cluster"

    private static func flag(_ key: String) -> SourceLocation { SourceLocation(file: SourceFile("--\(key)")) }

    /// Whether something stands in a flag of the choice.
    static func isOwn(_ location: SourceLocation?) -> Bool {
        [regionKey, clusterKey].contains { flag($0) == location }
    }

    /// Asks for the layers of `kind`, with what is named over them.
    func fill(_ request: inout ConfigurationRequest, at kind: ProviderKind) {
        request.provider = .init(kind, flag: "--provider")
        request.environment = environment.map { .init($0, flag: "--environment") }
        for (key, value) in [(Self.regionKey, region), (Self.clusterKey, cluster)] {
            guard let value else { continue }
            let flag = Self.flag(key)
            request.assignments.append(
                .init(
                    path: NodePath(keys: ["providers", kind.rawValue, key]), value: .string(value, at: flag)))
        }
    }
}
