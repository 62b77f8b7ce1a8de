import Cryptography
import Documents

extension Release {
    /// The SHA-256 of all that is wanted, in hexadecimal digits; not of who recorded it, when, and from which lines.
    ///
    /// Releases with the same digest want the same. Those that want the same may have different digests: a store that
    /// finds another one has to look at the release itself.
    public var digest: String {
        var wanted = Mapping()
        wanted["service"] = .string("\(service.namespace)/\(service.name)")
        wanted["type"] = .string(dataType.rawValue)
        wanted["provider"] = .string(provider.rawValue)
        wanted["environment"] = .string(environment.rawValue)
        wanted["version"] = .string(version)
        wanted["scaleOverride"] = scaleOverride?.document
        wanted["cluster"] = cluster.map { .string($0.uid) }
        wanted["historyLimit"] = .integer(historyLimit)
        wanted["manifests"] = .sequence(resources.map(\.manifest))
        return SHA256Digest.hexadecimal(of: JSONEmitter.bytes(of: .mapping(wanted)))
    }
}
