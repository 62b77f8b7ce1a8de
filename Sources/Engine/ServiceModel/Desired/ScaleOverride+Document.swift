public import Documents

/// The stored form, within a release's and beside a service in its cluster.
extension ScaleOverride {
    public var document: Node {
        var mapping = Mapping()
        mapping["replicas"] = .integer(replicas)
        mapping["expires"] = expires.map { .integer($0) }
        mapping["lasting"] = lasting.map { .integer($0) }
        switch configured {
        case .fixed(let replicas): mapping["configured"] = ["replicas": .integer(replicas)]
        case .between(let minimum, let maximum):
            mapping["configured"] = ["minReplicas": .integer(minimum), "maxReplicas": .integer(maximum)]
        case nil: break
        }
        return .mapping(mapping)
    }

    /// Reads ``document``, and the bare number that older versions wrote; nil for anything else.
    public init?(document: Node) {
        if let replicas = document.integer {
            self.init(replicas: replicas)
            return
        }
        guard let replicas = document["replicas"]?.integer else { return nil }
        self.init(
            replicas: replicas, expires: document["expires"]?.integer, lasting: document["lasting"]?.integer,
            configured: document["configured"].flatMap(Replicas.init(document:)))
    }
}

extension ScaleOverride.Replicas {
    fileprivate init?(document: Node) {
        if let replicas = document["replicas"]?.integer {
            self = .fixed(replicas)
        } else if let minimum = document["minReplicas"]?.integer, let maximum = document["maxReplicas"]?.integer {
            self = .between(minimum: minimum, maximum: maximum)
        } else {
            return nil
        }
    }
}
