import Diagnostics
import KubernetesClient
import ServiceModel

extension Cluster {
    /// The Kubernetes objects among `resources`, as this server takes them. What seems not to be served is asked for anew: it may have been installed
    /// since.
    ///
    /// - Throws: ``DiagnosticReport`` with every kind that the server lacks.
    func desired(_ resources: [Resource]) async throws -> [DesiredObject] {
        let resources = resources.filter { !$0.identity.isCloud }
        let types = try await discovery.types()
        do throws(DiagnosticReport) {
            return try ServerVersions(types: types).objects(for: resources)
        } catch {
            guard let types = try await discovery.renewed() else { throw error }
            return try ServerVersions(types: types).objects(for: resources)
        }
    }
}
