import Diagnostics
import ServiceModel

/// What one `status` shows.
struct StatusPage: Sendable {
    struct Row: Sendable {
        /// The context of the kubeconfig, where several are asked.
        let context: String?
        let status: ServiceStatus
        /// Of a service that was asked for by name.
        var inspection: ServiceInspection?
    }

    /// The cluster at a cloud that is asked, for the commands that hints name.
    var place: CloudPlace?
    var rows: [Row] = []
    /// Contexts whose cluster has not answered, and why.
    var unreachable: [(context: String, problems: [Diagnostic])] = []
    var problems: [Diagnostic] = []

    /// Whether a name alone may stand for several services.
    var hasSeveralNamespaces: Bool { Set(rows.map(\.status.service.namespace)).count > 1 }
}
