package import Diagnostics
package import Documents
import ServiceModel

/// Sets values in the text of a layer or service file, and leaves every other character as it is.
///
/// A value that is there is replaced where it stands; one that is not gets a line of its own behind the last of
/// its section. The result is read again: an edit that would change anything else is refused.
package struct LayerEdit {
    private let file: SourceFile
    private let path: String
    /// The service whose document is edited in a file of several.
    private let service: String
    package private(set) var bytes: [UInt8]

    package init(path: String, bytes: [UInt8], service: String) {
        file = SourceFile(path)
        self.path = path
        self.service = service
        self.bytes = bytes
    }

    /// Sets the value of a canonical key.
    ///
    /// - Returns: where it stands.
    /// - Throws: ``Diagnostic`` with `drift.not-adopted`, or what makes the file unreadable; the text is then as before.
    @discardableResult
    package mutating func set(_ value: Node, at key: NodePath) throws(Diagnostic) -> SourceLocation {
        let before = try DocumentReader.parse(bytes, path: path, file: file)
        let index = try document(in: before)
        let document = before.indices.contains(index) ? before[index] : .mapping(Mapping())
        let place = Self.existing(key, in: document)
        let target = place ?? Self.wanted(key, in: document)
        let edited =
            try place == nil
            ? inserted(value, at: target, in: document) : replaced(value, at: target, in: document)
        var expected = before.isEmpty ? [document] : before
        expected[index] = document.setting(value, at: target.steps[...])
        guard let after = try? DocumentReader.parse(edited, path: path, file: file), after == expected,
            let location = after[index][target]?.location
        else { throw refused(key, value, "the text around it cannot be changed without changing more") }
        bytes = edited
        return location
    }

    /// The service's own document, else the only one, which then is a layer.
    private func document(in documents: [Node]) throws(Diagnostic) -> Int {
        let services = documents.indices.filter { ServiceDocument.isService(documents[$0]) }
        if let own = services.first(where: { documents[$0].value("metadata", "name")?.string == service }) {
            return own
        }
        if services.isEmpty, documents.count <= 1 { return 0 }
        throw Diagnostic(
            .error, .notAdopted, "the file describes other services than `\(service)`",
            at: SourceLocation(file: file), fix: "name the file of this service, or a layer file")
    }

    /// Where the key stands already, perhaps in another spelling.
    private static func existing(_ key: NodePath, in document: Node) -> NodePath? {
        var found: NodePath?
        func search(_ node: Node, _ path: NodePath) {
            if found != nil { return }
            if !path.steps.isEmpty, ConfigurationPlace.key(of: path, in: document) == key {
                found = path
                return
            }
            switch node.content {
            case .mapping(let mapping):
                for entry in mapping.entries { search(entry.value, path.appending(entry.key)) }
            case .sequence(let items):
                for (index, item) in items.enumerated() { search(item, path.appending(index)) }
            default: break
            }
        }
        search(document, NodePath())
        return found
    }

    /// Where a key that is not there is written.
    private static func wanted(_ key: NodePath, in document: Node) -> NodePath {
        guard ServiceDocument.isService(document) else { return key }
        if let form = ServiceDocument.shortForms.first(where: { key.begins(with: $0.to) }) {
            return NodePath(form.from.map(NodePath.Step.key) + key.steps.dropFirst(form.to.count))
        }
        return NodePath([.key("spec"), .key("overrides")] + key.steps)
    }

    // MARK: The text

    private func replaced(_ value: Node, at path: NodePath, in document: Node) throws(Diagnostic) -> [UInt8] {
        guard let node = document[path], let span = try ScalarSpan.find(node.location, in: bytes), !span.isEmpty,
            ![UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "!")].contains(
                bytes[span.lowerBound])
        else { throw refused(path, value, "what stands there is not a value of one line") }
        let isQuoted = bytes[span.lowerBound] == UInt8(ascii: "\"")
        let text = isQuoted || self.path.hasSuffix(".json") ? JSONEmitter.emit(value) : Self.text(of: value)
        return bytes[..<span.lowerBound] + Array(text.utf8) + bytes[span.upperBound...]
    }

    private func inserted(_ value: Node, at path: NodePath, in document: Node) throws(Diagnostic) -> [UInt8] {
        guard let keys = path.keys else {
            throw refused(path, value, "the file has no such entry of a list")
        }
        var depth = 0
        var section = document
        while depth < keys.count - 1, let next = section[keys[depth]], next.mapping?.isEmpty == false {
            section = next
            depth += 1
        }
        let rest = keys[depth...]
        guard let entries = section.mapping?.entries, let first = entries.first else {
            guard depth == 0, document.mapping?.isEmpty != false else {
                throw refused(path, value, "its section has no lines to write it behind")
            }
            let start = bytes.isEmpty || bytes.last == UInt8(ascii: "\n") ? bytes : bytes + Array("\n".utf8)
            return start + Array(Self.lines(rest, value, indentation: 0).utf8)
        }
        // An entry that stands where its section begins is a line of its own; otherwise a brace comes first.
        guard section.location == first.keyLocation || depth == 0 && first.keyLocation.column == 1 else {
            throw refused(path, value, "its section is written in one line")
        }
        let end = endOfLine(entries.map { Self.lastLine($0.value, $0.keyLocation.line) }.max() ?? 1)
        var text = Self.lines(rest, value, indentation: first.keyLocation.column - 1)
        if end == bytes.count, bytes.last != UInt8(ascii: "\n") { text = "\n" + text }
        return bytes[..<end] + Array(text.utf8) + bytes[end...]
    }

    private static func lines(_ keys: ArraySlice<String>, _ value: Node, indentation: Int) -> String {
        var text = ""
        for (depth, key) in keys.enumerated() {
            text += String(repeating: " ", count: indentation + 2 * depth) + Self.text(of: .string(key)) + ":"
            text += depth == keys.count - 1 ? " \(Self.text(of: value))\n" : "\n"
        }
        return text
    }

    /// In one line.
    private static func text(of value: Node) -> String {
        let text = YAMLEmitter.emit(value).split(separator: "\n", omittingEmptySubsequences: true)
        return text.count == 1 ? String(text[0]) : JSONEmitter.emit(value)
    }

    private static func lastLine(_ node: Node, _ line: Int) -> Int {
        let below: [Int] =
            switch node.content {
            case .mapping(let mapping): mapping.entries.map { lastLine($0.value, $0.keyLocation.line) }
            case .sequence(let items): items.map { lastLine($0, $0.location.line) }
            default: []
            }
        return max(line, node.location.line, below.max() ?? 0)
    }

    /// The offset behind the end of a line, counted from 1.
    private func endOfLine(_ line: Int) -> Int {
        var rest = line
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            rest -= 1
            if rest == 0 { return offset + 1 }
        }
        return bytes.count
    }

    private func refused(_ path: NodePath, _ value: Node, _ why: String) -> Diagnostic {
        Diagnostic(
            .error, .notAdopted, "`\(path)` cannot be written to the file", at: SourceLocation(file: file), why: why,
            fix: "write it by hand: `\(path): \(Self.text(of: value))`")
    }
}

extension Node {
    /// The tree with another value at a path, made where it is missing.
    fileprivate func setting(_ value: Node, at steps: ArraySlice<NodePath.Step>) -> Node {
        guard let step = steps.first else { return value }
        var node = self
        switch (step, content) {
        case (.key(let key), .mapping(var mapping)):
            let next = mapping[key] ?? .mapping(Mapping())
            mapping[key] = next.setting(value, at: steps.dropFirst())
            node.content = .mapping(mapping)
        case (.index(let index), .sequence(var items)) where items.indices.contains(index):
            items[index] = items[index].setting(value, at: steps.dropFirst())
            node.content = .sequence(items)
        case (.key(let key), .null):
            var mapping = Mapping()
            mapping[key] = Node.mapping(Mapping()).setting(value, at: steps.dropFirst())
            node.content = .mapping(mapping)
        default: break
        }
        return node
    }
}

extension Diagnostic.Code {
    /// A live value that has no place in the configuration file.
    package static let notAdopted = Self("drift.not-adopted", .failed)
}
