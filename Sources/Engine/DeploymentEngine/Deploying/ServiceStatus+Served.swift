import ServiceModel

extension ServiceStatus {
    /// The revision that answers at the endpoint; nil while one is rolling out, where none became ready, where
    /// nothing runs, and where some replicas fail: others of an older revision may be what answers.
    var servedRevision: Int? {
        switch state {
        case .healthy: revision
        // What is rolled out and cannot become ready leaves the replicas of the one before.
        case .degraded: replicas.contains { $0.state == "ready" && $0.revision == revision } ? revision : nil
        // With an endpoint it was scaled to nothing.
        case .stopped: endpoint == nil ? nil : revision
        case .scaling, .updating, .failed: nil
        }
    }
}
