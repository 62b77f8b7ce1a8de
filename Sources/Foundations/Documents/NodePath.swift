public import Diagnostics

/// The way to a value: keys joined by dots, positions in brackets (`specific.models[0]`).
///
/// A dot that belongs to a key is escaped with a backslash: `deployment.labels.app\.kubernetes\.io/name`.
public struct NodePath: Sendable, Hashable {
    public enum Step: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    public var steps: [Step]

    public init(_ steps: [Step] = []) {
        self.steps = steps
    }

    public init(keys: [String]) {
        steps = keys.map(Step.key)
    }

    /// Reads the written form.
    ///
    /// - Throws: ``Diagnostic`` when it is empty, has an empty step or an unclosed bracket.
    public init(parsing text: String, at location: SourceLocation? = nil) throws(Diagnostic) {
        var steps: [Step] = []
        var key = ""
        var keyIsOpen = true
        var rest = Substring(text)

        func problem(_ what: String) -> Diagnostic {
            Diagnostic(
                .error, .path, "`\(text)` is not a path: \(what)", at: location,
                fix: "write keys joined by dots, as in `storage.size` or `specific.models[0]`")
        }
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let escaped = rest.popFirst() else { throw problem("it ends in a backslash") }
                key.append(escaped)
                keyIsOpen = true
            case ".":
                if keyIsOpen {
                    guard !key.isEmpty else { throw problem("a key is empty") }
                    steps.append(.key(key))
                    key = ""
                }
                keyIsOpen = true
            case "[":
                if keyIsOpen {
                    guard !key.isEmpty else { throw problem("`[` follows no key") }
                    steps.append(.key(key))
                    key = ""
                    keyIsOpen = false
                }
                guard let end = rest.firstIndex(of: "]"), let index = Int(rest[..<end]), index >= 0 else {
                    throw problem("brackets hold a position counted from 0")
                }
                steps.append(.index(index))
                rest = rest[rest.index(after: end)...]
                guard rest.isEmpty || rest.first == "." || rest.first == "[" else {
                    throw problem("`]` is followed by neither `.` nor `[`")
                }
            default:
                key.append(character)
                keyIsOpen = true
            }
        }
        if keyIsOpen {
            guard !key.isEmpty else { throw problem(text.isEmpty ? "it is empty" : "a key is empty") }
            steps.append(.key(key))
        }
        self.steps = steps
    }

    public func appending(_ key: String) -> NodePath { NodePath(steps + [.key(key)]) }
    public func appending(_ index: Int) -> NodePath { NodePath(steps + [.index(index)]) }

    /// The keys, when no step is a position.
    public var keys: [String]? {
        var keys: [String] = []
        for step in steps {
            guard case .key(let key) = step else { return nil }
            keys.append(key)
        }
        return keys
    }
}

extension NodePath: CustomStringConvertible {
    public var description: String {
        var text: [UInt8] = []
        for step in steps {
            switch step {
            case .key(let key): Self.write(key, to: &text)
            case .index(let index): Self.write(index, to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Adds a key to the written form of the path around it.
    public static func write(_ key: String, to text: inout [UInt8]) {
        if !text.isEmpty { text.append(UInt8(ascii: ".")) }
        for byte in key.utf8 {
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\\") {
                text.append(UInt8(ascii: "\\"))
            }
            text.append(byte)
        }
    }

    /// Adds a position to the written form of the path around it.
    public static func write(_ index: Int, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "["))
        text.append(contentsOf: String(index).utf8)
        text.append(UInt8(ascii: "]"))
    }
}

extension Node {
    /// The value at `path`, or nil when a step is missing or of another kind.
    public subscript(path: NodePath) -> Node? {
        var node = self
        for step in path.steps {
            switch (step, node.content) {
            case (.key(let key), .mapping(let mapping)):
                guard let next = mapping[key] else { return nil }
                node = next
            case (.index(let index), .sequence(let items)) where index < items.count:
                node = items[index]
            default: return nil
            }
        }
        return node
    }
}

extension Node {
    /// The value below nested keys, without building a path.
    public func value(_ keys: String...) -> Node? {
        var node: Node? = self
        for key in keys { node = node?[key] }
        return node
    }
}

extension Diagnostic.Code {
    public static let path = Self("document.path")
}
