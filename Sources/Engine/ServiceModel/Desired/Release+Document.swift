public import Diagnostics
public import Documents

/// The stored form of a release: `apiVersion: synthdata.io/v1`, `kind: Release`.
///
/// Beside each manifest stands a map of origins, `path -> file:line:col`, so that a release that is
/// read again (for a rollback, or by a supervisor) still names the configuration lines behind it.
extension Release {
    private static let apiVersion = "synthdata.io/v1"
    private static let kind = "Release"

    /// The release as a tree; ``init(document:)`` reads it back.
    public var document: Node {
        var metadata = Mapping()
        metadata["name"] = .string(service.name.value)
        metadata["namespace"] = .string(service.namespace)
        metadata["revision"] = .integer(revision)
        metadata["status"] = .string(status.rawValue)
        metadata["reason"] = .string(reason)
        metadata["created"] = .integer(created)
        var spec = Mapping()
        spec["type"] = .string(dataType.rawValue)
        spec["provider"] = .string(provider.rawValue)
        spec["environment"] = .string(environment.rawValue)
        spec["version"] = .string(version)
        spec["scaleOverride"] = scaleOverride?.document
        if let cluster {
            var pin = Mapping()
            pin["uid"] = .string(cluster.uid)
            if cluster.location.isKnown { pin["origin"] = .string(cluster.location.description) }
            spec["cluster"] = .mapping(pin)
        }
        spec["historyLimit"] = .integer(historyLimit)
        spec["resources"] = .sequence(resources.map(Self.stored))
        if !kept.isEmpty { spec["kept"] = .sequence(kept.map(Self.stored)) }
        var document = Mapping()
        document["apiVersion"] = .string(Self.apiVersion)
        document["kind"] = .string(Self.kind)
        document["metadata"] = .mapping(metadata)
        document["spec"] = .mapping(spec)
        return .mapping(document)
    }

    /// Reads the stored form.
    ///
    /// - Throws: ``Diagnostic`` with code `release.malformed`, naming the field and its place.
    public init(document: Node) throws(Diagnostic) {
        guard document["apiVersion"]?.string == Self.apiVersion, document["kind"]?.string == Self.kind else {
            throw Self.malformed("`apiVersion: \(Self.apiVersion)` and `kind: \(Self.kind)` are expected", document)
        }
        let metadata = document["metadata"] ?? .null
        let spec = document["spec"] ?? .null
        guard let name = metadata["name"]?.string, let namespace = metadata["namespace"]?.string,
            let revision = metadata["revision"]?.integer,
            let status = metadata["status"]?.string.flatMap(Status.init(rawValue:)),
            let reason = metadata["reason"]?.string, let created = metadata["created"]?.integer
        else { throw Self.malformed("a field of `metadata` is missing or unknown", metadata) }
        guard let dataType = spec["type"]?.string.flatMap(DataType.init(rawValue:)),
            let provider = spec["provider"]?.string.flatMap(ProviderKind.init(rawValue:)),
            let environment = spec["environment"]?.string.flatMap(DeploymentEnvironment.init(rawValue:)),
            let version = spec["version"]?.string, let stored = spec["resources"]?.sequence
        else { throw Self.malformed("a field of `spec` is missing or unknown", spec) }
        var locations = SourceLocationReader()
        let resources = try stored.map { item throws(Diagnostic) in try Self.resource(item, &locations) }
        let kept = try (spec["kept"]?.sequence ?? []).map { item throws(Diagnostic) in
            try Self.resource(item, &locations)
        }
        self.init(
            service: ServiceIdentity(name: try ServiceName(name, at: metadata.location), namespace: namespace),
            dataType: dataType, provider: provider, environment: environment, version: version, revision: revision,
            status: status, reason: reason, created: created,
            scaleOverride: spec["scaleOverride"].flatMap(ScaleOverride.init(document:)),
            historyLimit: spec["historyLimit"]?.integer ?? Self.standardHistoryLimit,
            resources: resources)
        self.kept = kept
        cluster = spec.value("cluster", "uid")?.string.map { uid in
            let origin = spec.value("cluster", "origin")?.string.map(SourceLocation.init(written:))
            return ClusterPin(uid: uid, location: origin ?? .unknown)
        }
    }

    private static func resource(
        _ item: Node, _ locations: inout SourceLocationReader
    ) throws(Diagnostic) -> Resource {
        guard let manifest = item["manifest"],
            let resource = Resource(manifest: OriginReader.located(manifest, item["origins"]?.mapping, &locations))
        else { throw malformed("a resource has no manifest", item) }
        return resource
    }

    private static func malformed(_ what: String, _ node: Node) -> Diagnostic {
        Diagnostic(.error, .malformedRelease, "this is not a stored release: \(what)", at: node.location)
    }

    private static func stored(_ resource: Resource) -> Node {
        var origins = Mapping()
        collectOrigins(resource.manifest, NodePath(), into: &origins)
        var item = Mapping()
        item["manifest"] = resource.manifest
        item["origins"] = .mapping(origins)
        return .mapping(item)
    }

    private static func collectOrigins(_ node: Node, _ path: NodePath, into origins: inout Mapping) {
        if node.location.isKnown, !path.steps.isEmpty {
            origins.append(unique: Mapping.Entry(path.description, .string(node.location.description)))
        }
        switch node.content {
        case .mapping(let mapping):
            for entry in mapping.entries { collectOrigins(entry.value, path.appending(entry.key), into: &origins) }
        case .sequence(let items):
            for (index, item) in items.enumerated() { collectOrigins(item, path.appending(index), into: &origins) }
        default: break
        }
    }
}

extension Diagnostic.Code {
    public static let malformedRelease = Self("release.malformed", .failed)
}
