package import Diagnostics
import KubernetesProvider
package import ServiceModel

extension CompositionRoot {
    /// The Roles with which releases can be deployed and operated in a cluster, and their bindings.
    ///
    /// - Parameter subject: `user:NAME`, `group:NAME` or `serviceaccount:NAMESPACE:NAME`; nil means the ServiceAccount
    ///   `synthdata-infra` of each namespace.
    package func rights(
        for releases: [Release], subject: String?, at location: SourceLocation
    ) throws(Diagnostic) -> [Resource] {
        guard let subject else { return MinimalRole(for: releases).resources }
        return MinimalRole(for: releases, subject: try .init(parsing: subject, at: location)).resources
    }
}
