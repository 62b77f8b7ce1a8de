import ServiceModel

extension ServiceStatus {
    /// The revision that answers at the endpoint; nil while one is rolling out, where none became ready, where
    /// nothing runs, and where some replicas fail: others of an older revision may be what answers.
    var servedRevision: Int? {
        switch state {
        case .healthy: revision
        // With an endpoint it was scaled to nothing.
        case .stopped: endpoint == nil ? nil : revision
        case .degraded, .scaling, .updating, .failed: nil
        }
    }
}
