public import Diagnostics
public import Documents

/// The cluster of a cloud that a service is meant for, as `providers.<provider>` names it.
///
/// Two places are the same where the same values name them, wherever they were configured.
public struct CloudPlace: Sendable {
    public let provider: ProviderKind
    /// The values that say where, in canonical keys, each at its place in a layer: `region`, `cluster`, `account` …
    public private(set) var settings: Node

    /// The keys that say where a cluster is; the others say how it is used.
    private static let keys: [ProviderKind: [String]] = [
        .aws: ["region", "cluster", "account", "cluster_endpoint", "cluster_server_name"],
        .gcp: ["project", "region", "cluster"],
        .azure: ["subscription", "resource_group", "cluster"],
    ]

    /// Nil for a provider that is no cloud.
    ///
    /// - Parameter settings: of the service, or `providers` of a project.
    public init?(_ provider: ProviderKind, settings: Node) {
        guard let keys = Self.keys[provider] else { return nil }
        let own = settings.value("providers", provider.rawValue)
        var values = Mapping()
        for key in keys {
            if let value = own?[key], !value.isNull { values[key] = value }
        }
        self.provider = provider
        self.settings = .mapping(values).relocated(onlyTop: own?.location ?? .unknown)
    }

    /// The same place, without saying this of it.
    package func without(_ key: String) -> CloudPlace {
        var place = self
        var values = settings.mapping ?? Mapping()
        values.remove(key)
        place.settings = .mapping(values, at: settings.location)
        return place
    }

    /// The same place, of which this is known, too.
    package func with(_ key: String, _ value: Node) -> CloudPlace {
        var place = self
        var values = settings.mapping ?? Mapping()
        values[key] = value
        place.settings = .mapping(values, at: settings.location)
        return place
    }

    public subscript(_ key: String) -> String? { settings[key]?.string }

    /// Where `key` is configured; where the provider is, for one that is not.
    public func location(of key: String) -> SourceLocation { settings[key]?.location ?? settings.location }
}

extension CloudPlace: Hashable {
    public static func == (left: CloudPlace, right: CloudPlace) -> Bool {
        left.provider == right.provider && left.settings == right.settings
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(provider)
        hasher.combine(JSONEmitter.emit(settings))
    }
}

extension Node {
    fileprivate func relocated(onlyTop location: SourceLocation) -> Node { Node(content, at: location) }
}
