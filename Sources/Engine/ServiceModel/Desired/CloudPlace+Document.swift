import Diagnostics
package import Documents

/// The stored form of a place: its values, and beside them where each was configured.
extension CloudPlace {
    package var document: Node {
        var origins = Mapping()
        for entry in settings.mapping?.entries ?? [] where entry.value.location.isKnown {
            origins[entry.key] = .string(entry.value.location.description)
        }
        var document = Mapping()
        document["settings"] = settings
        document["origins"] = .mapping(origins)
        if settings.location.isKnown { document["origin"] = .string(settings.location.description) }
        return .mapping(document)
    }

    /// Reads what ``document`` gives; nil where it is none. What has no origin stands where it is read.
    package init?(_ provider: ProviderKind, document: Node) {
        guard let stored = document["settings"]?.mapping else { return nil }
        func origin(_ node: Node?, else location: SourceLocation) -> SourceLocation {
            node?.string.map(SourceLocation.init(written:)) ?? location
        }
        var values = Mapping()
        for entry in stored.entries {
            let location = origin(document.value("origins", entry.key), else: entry.value.location)
            values[entry.key] = Node(entry.value.content, at: location)
        }
        let own = Node.mapping(
            values, at: origin(document["origin"], else: document["settings"]?.location ?? .unknown))
        self.init(
            provider,
            settings: .mapping(
                Mapping(uniqueEntries: [
                    .init("providers", .mapping(Mapping(uniqueEntries: [.init(provider.rawValue, own)])))
                ])))
    }
}
