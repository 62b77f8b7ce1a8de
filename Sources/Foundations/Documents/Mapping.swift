public import Diagnostics

/// An ordered map from strings to nodes that knows where each key was written.
///
/// Small maps, which is nearly all of them, are searched in order; larger ones carry an index.
public struct Mapping: Sendable {
    public struct Entry: Sendable {
        public let key: String
        public let keyLocation: SourceLocation
        public var value: Node

        public init(_ key: String, at keyLocation: SourceLocation = .unknown, _ value: Node) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    private static let indexThreshold = 16

    public private(set) var entries: [Entry]
    /// Positions by key; empty until there are more than `indexThreshold` entries.
    private var positions: [String: Int] = [:]

    public init() {
        entries = []
    }

    /// A map of entries whose keys are known to differ.
    public init(uniqueEntries: [Entry]) {
        entries = uniqueEntries
        if entries.count > Self.indexThreshold { reindex() }
    }

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }
    public var keys: some Sequence<String> { entries.lazy.map(\.key) }

    /// The position of `key` among the entries.
    public func position(of key: String) -> Int? {
        guard entries.count > Self.indexThreshold else {
            return entries.firstIndex { $0.key == key }
        }
        return positions[key]
    }

    public func entry(_ key: String) -> Entry? {
        position(of: key).map { entries[$0] }
    }

    /// The value of `key`. Setting nil removes the key; setting a new key appends it.
    public subscript(key: String) -> Node? {
        get {
            position(of: key).map { entries[$0].value }
        }
        set {
            guard let newValue else {
                remove(key)
                return
            }
            update(Entry(key, at: newValue.location, newValue))
        }
    }

    /// Replaces the value of an entry in place, without a search.
    public mutating func setValue(_ value: Node, at position: Int) {
        entries[position].value = value
    }

    /// Replaces the entry with the same key, in its place, or appends a new one.
    public mutating func update(_ entry: Entry) {
        if let position = position(of: entry.key) {
            entries[position] = entry
        } else {
            append(unique: entry)
        }
    }

    /// Appends an entry whose key is known to be new.
    public mutating func append(unique entry: Entry) {
        entries.append(entry)
        if entries.count == Self.indexThreshold + 1 {
            reindex()
        } else if entries.count > Self.indexThreshold {
            positions[entry.key] = entries.count - 1
        }
    }

    @discardableResult
    public mutating func remove(_ key: String) -> Node? {
        guard let position = position(of: key) else { return nil }
        let value = entries.remove(at: position).value
        if entries.count > Self.indexThreshold { reindex() } else { positions = [:] }
        return value
    }

    private mutating func reindex() {
        positions = Dictionary(uniqueKeysWithValues: entries.indices.map { (entries[$0].key, $0) })
    }
}

extension Mapping: Equatable {
    /// The same keys with equal values, in any order.
    public static func == (left: Mapping, right: Mapping) -> Bool {
        left.count == right.count
            && (left.hasStorage(of: right) || left.entries.allSatisfy { right[$0.key] == $0.value })
    }

    /// Whether both are copies of one, neither of which was changed since.
    private func hasStorage(of other: Mapping) -> Bool {
        entries.withUnsafeBufferPointer { own in
            other.entries.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress }
        }
    }
}
