import CYAML
import Diagnostics

/// Builds trees from libyaml's events: anchors, aliases, merge keys, duplicate keys, bounds.
struct YAMLComposer {
    private struct Anchored {
        let node: Node
        /// Nodes in the tree below, aliases expanded.
        let size: Int
    }

    private let file: SourceFile
    private var anchors: [String: Anchored] = [:]
    /// Anchors whose value is still being read: an alias to one would contain itself.
    private var openAnchors: Set<String> = []
    private var depth = 0
    /// Nodes made so far in this document, aliases expanded.
    private var size = 0
    private var aliasExpansion = 0

    init(file: SourceFile) {
        self.file = file
    }

    mutating func documents(_ events: inout YAMLEvents) throws(Diagnostic) -> [Node] {
        var documents: [Node] = []
        while true {
            try events.next()
            switch events.event.type {
            case YAML_STREAM_END_EVENT, YAML_NO_EVENT:
                return documents
            case YAML_DOCUMENT_START_EVENT:
                anchors = [:]
                size = 0
                try events.next()
                documents.append(try node(&events))
            default:
                continue
            }
        }
    }

    /// The node that starts at the current event; leaves the stream on its last event.
    private mutating func node(_ events: inout YAMLEvents) throws(Diagnostic) -> Node {
        switch events.event.type {
        case YAML_SCALAR_EVENT:
            size += 1
            let scalar = try YAMLScalar(events.event, at: events.location)
            let node = Node(scalar.content, at: events.location)
            if let anchor = scalar.anchor { anchors[anchor] = Anchored(node: node, size: 1) }
            return node
        case YAML_ALIAS_EVENT:
            return try alias(events)
        case YAML_SEQUENCE_START_EVENT:
            let start = events.event.data.sequence_start
            try checkTag(start.tag, "tag:yaml.org,2002:seq", at: events.location)
            return try collection(anchor: start.anchor, at: events.location) { composer throws(Diagnostic) in
                .sequence(try composer.items(&events))
            }
        case YAML_MAPPING_START_EVENT:
            let start = events.event.data.mapping_start
            try checkTag(start.tag, "tag:yaml.org,2002:map", at: events.location)
            return try collection(anchor: start.anchor, at: events.location) { composer throws(Diagnostic) in
                .mapping(try composer.entries(&events))
            }
        default:
            throw Diagnostic(
                .error, .syntax, "a value is expected here", at: events.location,
                fix: "write one; `null` is one, too")
        }
    }

    private mutating func collection(
        anchor: UnsafeMutablePointer<UInt8>?,
        at location: SourceLocation,
        _ read: (inout YAMLComposer) throws(Diagnostic) -> Node.Content
    ) throws(Diagnostic) -> Node {
        guard depth < YAMLParser.maximumDepth else {
            throw Diagnostic(
                .error, .tooDeep, "nested more than \(YAMLParser.maximumDepth) levels deep", at: location,
                fix: "flatten the document")
        }
        let name = anchor.map { String(cString: $0) }
        if let name { openAnchors.insert(name) }
        let sizeBefore = size
        depth += 1
        size += 1
        let node = Node(try read(&self), at: location)
        depth -= 1
        if let name {
            openAnchors.remove(name)
            anchors[name] = Anchored(node: node, size: size - sizeBefore)
        }
        return node
    }

    private mutating func items(_ events: inout YAMLEvents) throws(Diagnostic) -> [Node] {
        var items: [Node] = []
        while true {
            try events.next()
            if events.event.type == YAML_SEQUENCE_END_EVENT { return items }
            items.append(try node(&events))
        }
    }

    private mutating func entries(_ events: inout YAMLEvents) throws(Diagnostic) -> Mapping {
        var mapping = Mapping()
        var merges: [Node] = []
        while true {
            try events.next()
            if events.event.type == YAML_MAPPING_END_EVENT { break }
            let keyLocation = events.location
            let key = try key(&events)
            try events.next()
            let value = try node(&events)
            if key.isMerge {
                merges.append(value)
            } else if let first = mapping.entry(key.text) {
                throw Diagnostic(
                    .error, .duplicateKey, "the key `\(key.text)` is given twice", at: keyLocation,
                    why: "of two equal keys one would silently win", fix: "remove or rename one of them",
                    notes: [.init("first given here", at: first.keyLocation)])
            } else {
                mapping.append(unique: Mapping.Entry(key.text, at: keyLocation, value))
            }
        }
        for merge in merges { try self.merge(merge, into: &mapping) }
        return mapping
    }

    private mutating func key(_ events: inout YAMLEvents) throws(Diagnostic) -> (text: String, isMerge: Bool) {
        if events.event.type == YAML_ALIAS_EVENT, let text = try alias(events).string { return (text, false) }
        guard events.event.type == YAML_SCALAR_EVENT else {
            throw Diagnostic(
                .error, .complexKey, "a mapping or sequence cannot be a key", at: events.location,
                why: "keys are text, as in JSON; `{{name}}` without quotes is read as a mapping",
                fix: "put the key in quotes")
        }
        let scalar = events.event.data.scalar
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let text = String(decoding: bytes, as: UTF8.self)
        if let anchor = scalar.anchor {
            anchors[String(cString: anchor)] = Anchored(node: .string(text, at: events.location), size: 1)
        }
        return (text, text == "<<" && scalar.style == YAML_PLAIN_SCALAR_STYLE)
    }

    private mutating func alias(_ events: borrowing YAMLEvents) throws(Diagnostic) -> Node {
        let name = String(cString: events.event.data.alias.anchor)
        guard let anchored = anchors[name] else {
            if openAnchors.contains(name) {
                throw Diagnostic(
                    .error, .alias, "the alias `*\(name)` stands inside the value it refers to", at: events.location,
                    fix: "write the value out")
            }
            throw Diagnostic(
                .error, .alias, "the alias `*\(name)` has no anchor `&\(name)` before it", at: events.location,
                fix: NearestName.find(name, among: anchors.keys).map { "did you mean `*\($0)`?" }
                    ?? "define `&\(name)` above, or put a value that starts with `*` in quotes")
        }
        size += anchored.size
        aliasExpansion += anchored.size
        guard aliasExpansion <= YAMLParser.maximumAliasExpansion else {
            throw Diagnostic(
                .error, .aliasExpansion,
                "aliases expand to more than \(YAMLParser.maximumAliasExpansion) values", at: events.location,
                why: "a few lines of nested aliases can expand without bound", fix: "write the values out")
        }
        return anchored.node
    }

    /// The `<<` key of the YAML 1.1 type repository: keys already present win, earlier maps before later.
    private func merge(_ node: Node, into mapping: inout Mapping) throws(Diagnostic) {
        switch node.content {
        case .mapping(let other):
            for entry in other.entries where mapping.position(of: entry.key) == nil { mapping.append(unique: entry) }
        case .sequence(let items) where items.allSatisfy({ $0.mapping != nil }):
            for item in items { try merge(item, into: &mapping) }
        default:
            throw Diagnostic(
                .error, .mergeKey, "`<<` merges a mapping or a sequence of mappings, not a \(node.kind)",
                at: node.location, fix: "refer to a mapping: `<<: *anchor`")
        }
    }

    private func checkTag(
        _ tag: UnsafeMutablePointer<UInt8>?, _ expected: String, at location: SourceLocation
    ) throws(Diagnostic) {
        guard let tag = tag.map({ String(cString: $0) }), tag != "!", tag != expected else { return }
        throw YAMLScalar.unknownTag(tag, at: location)
    }
}
