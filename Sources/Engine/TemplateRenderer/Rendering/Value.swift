import Diagnostics
import Documents

/// What an expression or a part comes to: a node, a function, or a collection with a function in it.
///
/// Collections without functions are always nodes, so that nearly every value is passed on as it is.
enum Value: Sendable {
    struct Entry: Sendable {
        let key: String
        let keyLocation: SourceLocation
        let value: Value
    }

    case node(Node)
    case function(FunctionValue, SourceLocation)
    case sequence([Value], SourceLocation)
    case mapping([Entry], SourceLocation)

    var location: SourceLocation {
        switch self {
        case .node(let node): node.location
        case .function(_, let location), .sequence(_, let location), .mapping(_, let location): location
        }
    }

    /// The value, at `location` when it has no known one of its own.
    func located(at location: SourceLocation) -> Value {
        guard !self.location.isKnown else { return self }
        return switch self {
        case .node(let node): .node(Node(node.content, at: location))
        case .function(let function, _): .function(function, location)
        case .sequence(let items, _): .sequence(items, location)
        case .mapping(let entries, _): .mapping(entries, location)
        }
    }

    var node: Node? {
        if case .node(let node) = self { node } else { nil }
    }

    var items: [Value]? {
        switch self {
        case .node(let node): node.sequence?.map(Value.node)
        case .sequence(let items, _): items
        default: nil
        }
    }

    var entries: [Entry]? {
        switch self {
        case .node(let node):
            node.mapping?.entries.map { Entry(key: $0.key, keyLocation: $0.keyLocation, value: .node($0.value)) }
        case .mapping(let entries, _): entries
        default: nil
        }
    }

    /// What `typeof` says.
    var typeName: String {
        switch self {
        case .function: "function"
        case .sequence: "array"
        case .mapping: "object"
        case .node(let node):
            switch node.content {
            case .null: "null"
            case .bool: "boolean"
            case .number: "number"
            case .string: "string"
            case .sequence: "array"
            case .mapping: "object"
            }
        }
    }

    /// The same with its article, for messages.
    var kind: String {
        switch typeName {
        case "null": "null"
        case let name where name.hasPrefix("a") || name.hasPrefix("o"): "an \(name)"
        case let name: "a \(name)"
        }
    }

    /// Empty texts and collections, zero, false and null are not.
    var isTruthy: Bool {
        guard case .node(let node) = self else { return true }
        return switch node.content {
        case .null: false
        case .bool(let value): value
        case .number(let number): number.double != 0
        case .string(let text): !text.isEmpty
        case .sequence(let items): !items.isEmpty
        case .mapping(let mapping): !mapping.isEmpty
        }
    }

    /// What an interpolation writes, or nil for collections and functions.
    var text: String? {
        guard case .node(let node) = self else { return nil }
        return switch node.content {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.templateText
        case .string(let text): text
        case .sequence, .mapping: nil
        }
    }
}

extension Value: Equatable {
    static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.node(let left), .node(let right)): left == right
        case (.function(let left, _), .function(let right, _)): left == right
        case (.sequence(let left, _), .sequence(let right, _)): left == right
        case (.mapping(let left, _), .mapping(let right, _)):
            left.count == right.count
                && left.allSatisfy { entry in right.contains { $0.key == entry.key && $0.value == entry.value } }
        default: false
        }
    }
}
