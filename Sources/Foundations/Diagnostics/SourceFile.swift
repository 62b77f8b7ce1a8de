import Synchronization

/// A name for a place that text came from: a file, standard input, or a command-line flag.
///
/// Names are interned for the life of the process, so that a location is eight bytes and a tree of a
/// million values can afford one each. Reading a name takes a lock; comparing two files does not.
public struct SourceFile: Sendable, Hashable {
    /// At most 2²⁴ − 1 names; later ones fold into the last, which costs a wrong name, never a crash.
    static let maximumIndex: UInt32 = (1 << 24) - 1

    let index: UInt32

    private struct Table {
        var names: [String] = ["<unknown>"]
        var indices: [String: UInt32] = ["<unknown>": 0]
    }

    private static let table = Mutex(Table())

    /// Interns `name`, which is shown to people as it stands (`profiles/base.yaml`, `--set`, `<stdin>`).
    public init(_ name: String) {
        index = Self.table.withLock { table in
            if let known = table.indices[name] { return known }
            let next = min(UInt32(table.names.count), Self.maximumIndex)
            if next == UInt32(table.names.count) { table.names.append(name) }
            table.indices[name] = next
            return next
        }
    }

    init(index: UInt32) {
        self.index = index
    }

    /// The name as it was given.
    public var name: String {
        Self.table.withLock { $0.names[Int(index)] }
    }

    /// Where a value comes from when nothing is known of it.
    public static let unknown = SourceFile(index: 0)
}
