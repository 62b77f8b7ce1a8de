import Diagnostics
import Documents

/// Gives the values of a stored manifest the places that were stored beside it, `path -> file:line:col`.
///
/// They were stored in the order of the values, so that the next one nearly always is the one that is looked for.
struct OriginReader {
    private let origins: Mapping
    private var next = 0
    /// The written form of the path to the value at hand.
    private var path: [UInt8] = []

    /// The manifest with known locations where it has an origin, and else none.
    static func located(_ manifest: Node, _ origins: Mapping?, _ locations: inout SourceLocationReader) -> Node {
        var reader = OriginReader(origins: origins ?? Mapping())
        return reader.located(manifest, at: .unknown, &locations)
    }

    private init(origins: Mapping) {
        self.origins = origins
    }

    private mutating func located(
        _ node: Node, at location: SourceLocation, _ locations: inout SourceLocationReader
    ) -> Node {
        let length = path.count
        switch node.content {
        case .mapping(let mapping):
            var entries: [Mapping.Entry] = []
            entries.reserveCapacity(mapping.count)
            for entry in mapping.entries {
                NodePath.write(entry.key, to: &path)
                let place = origin(&locations)
                entries.append(Mapping.Entry(entry.key, located(entry.value, at: place, &locations)))
                path.removeLast(path.count - length)
            }
            return Node(.mapping(Mapping(uniqueEntries: entries)), at: location)
        case .sequence(let items):
            var located: [Node] = []
            located.reserveCapacity(items.count)
            for (index, item) in items.enumerated() {
                NodePath.write(index, to: &path)
                let place = origin(&locations)
                located.append(self.located(item, at: place, &locations))
                path.removeLast(path.count - length)
            }
            return Node(.sequence(located), at: location)
        default: return Node(node.content, at: location)
        }
    }

    /// The place of the value at ``path``.
    private mutating func origin(_ locations: inout SourceLocationReader) -> SourceLocation {
        if next >= origins.count || !origins.entries[next].key.utf8.elementsEqual(path) {
            guard let position = origins.position(of: String(decoding: path, as: UTF8.self)) else { return .unknown }
            next = position
        }
        defer { next += 1 }
        return origins.entries[next].value.string.map { locations.location($0) } ?? .unknown
    }
}
