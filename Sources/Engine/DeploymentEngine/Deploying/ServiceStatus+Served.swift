import ServiceModel

extension ServiceStatus {
    /// The revision that answers at the endpoint; nil while one is rolling out, where none became ready, and
    /// where nothing runs.
    var servedRevision: Int? {
        switch state {
        case .healthy, .degraded: revision
        // With an endpoint it was scaled to nothing.
        case .stopped: endpoint == nil ? nil : revision
        case .scaling, .updating, .failed: nil
        }
    }
}
