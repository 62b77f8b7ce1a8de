public import Documents

/// A provider that can tell more of a service than its status and its logs.
public protocol EvidenceGathering: Provider {
    /// Everything at this place that tells why a service is as it is. Changes nothing, and never fails as a whole:
    /// what cannot be read says why.
    ///
    /// - Parameter resources: what was to be there.
    func evidence(of service: ServiceIdentity, _ resources: [Resource]) async -> Evidence
}

/// What was found out about a service that failed.
public struct Evidence: Sendable {
    /// One file of it.
    public struct Item: Sendable {
        public enum Content: Sendable {
            /// Written as YAML, without what looks like a secret.
            case document(Node)
            case text(String)
            /// It could not be read, for this reason.
            case unreadable(String)
        }

        /// Relative, without dots: `pods/demo-1/workload.log`.
        public let path: String
        public let content: Content

        public init(_ path: String, _ content: Content) {
            self.path = path
            self.content = content
        }
    }

    public var items: [Item]
    /// Values that must stand in no file, whoever wrote them there.
    public var secrets: Set<String>

    public init(_ items: [Item] = [], secrets: Set<String> = []) {
        self.items = items
        self.secrets = secrets
    }
}
