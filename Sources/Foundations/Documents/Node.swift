public import Diagnostics

/// A value of YAML's core schema or of JSON that knows where it was written.
///
/// The tree is a value: copies share storage until one is changed. Equality compares contents only;
/// two values written in different places are equal.
public struct Node: Sendable {
    public enum Content: Sendable {
        case null
        case bool(Bool)
        case number(Number)
        case string(String)
        case sequence([Node])
        case mapping(Mapping)
    }

    public var content: Content
    public var location: SourceLocation

    public init(_ content: Content, at location: SourceLocation = .unknown) {
        self.content = content
        self.location = location
    }
}

extension Node {
    public static let null = Node(.null)

    public static func string(_ value: String, at location: SourceLocation = .unknown) -> Node {
        Node(.string(value), at: location)
    }

    public static func integer(_ value: Int, at location: SourceLocation = .unknown) -> Node {
        Node(.number(Number(value)), at: location)
    }

    public static func number(_ value: Double, at location: SourceLocation = .unknown) -> Node {
        Node(.number(Number(value)), at: location)
    }

    public static func bool(_ value: Bool, at location: SourceLocation = .unknown) -> Node {
        Node(.bool(value), at: location)
    }

    public static func sequence(_ items: [Node], at location: SourceLocation = .unknown) -> Node {
        Node(.sequence(items), at: location)
    }

    public static func mapping(_ mapping: Mapping, at location: SourceLocation = .unknown) -> Node {
        Node(.mapping(mapping), at: location)
    }
}

extension Node {
    public var isNull: Bool {
        if case .null = content { true } else { false }
    }

    public var string: String? {
        if case .string(let value) = content { value } else { nil }
    }

    public var bool: Bool? {
        if case .bool(let value) = content { value } else { nil }
    }

    public var number: Number? {
        if case .number(let value) = content { value } else { nil }
    }

    /// The whole number, when the value is one and fits.
    public var integer: Int? { number?.integer }

    public var sequence: [Node]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    public var mapping: Mapping? {
        if case .mapping(let mapping) = content { mapping } else { nil }
    }

    /// The value of `key` when this is a mapping that has it.
    public subscript(key: String) -> Node? {
        mapping?[key]
    }

    /// What the value is, in the words of the YAML specification.
    public var kind: String {
        switch content {
        case .null: "null"
        case .bool: "boolean"
        case .number(let number): number.isInteger ? "integer" : "number"
        case .string: "string"
        case .sequence: "sequence"
        case .mapping: "mapping"
        }
    }
}

extension Node {
    /// The same value, every part of it at `location`.
    public func relocated(to location: SourceLocation) -> Node {
        switch content {
        case .sequence(let items):
            return Node(.sequence(items.map { $0.relocated(to: location) }), at: location)
        case .mapping(let mapping):
            let entries = mapping.entries.map {
                Mapping.Entry($0.key, at: location, $0.value.relocated(to: location))
            }
            return Node(.mapping(Mapping(uniqueEntries: entries)), at: location)
        default:
            return Node(content, at: location)
        }
    }
}

extension Node: Equatable {
    public static func == (left: Node, right: Node) -> Bool {
        switch (left.content, right.content) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.sequence(let left), .sequence(let right)): left == right
        case (.mapping(let left), .mapping(let right)): left == right
        default: false
        }
    }
}

extension Node: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self.init(.string(value)) }
    public init(integerLiteral value: Int) { self.init(.number(Number(value))) }
    public init(floatLiteral value: Double) { self.init(.number(Number(value))) }
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
    public init(arrayLiteral elements: Node...) { self.init(.sequence(elements)) }

    /// Entries keep their order; of equal keys the last wins.
    public init(dictionaryLiteral elements: (String, Node)...) {
        var mapping = Mapping()
        for (key, value) in elements { mapping[key] = value }
        self.init(.mapping(mapping))
    }
}
