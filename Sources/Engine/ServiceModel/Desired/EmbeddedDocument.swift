import Diagnostics
import Documents

/// A JSON document that is the text of a field: a file in a ConfigMap, or a variable that holds settings.
///
/// Its own names tell which of its values look like secrets, by the words of ``SecretRedaction``.
struct EmbeddedDocument {
    private let root: Node
    private let isPretty: Bool
    private let end: String

    /// Nil for any other text.
    init?(_ text: String) {
        let body = text.drop(while: \.isWhitespace)
        guard let first = body.first, first == "{" || first == "[",
            let root = try? JSONParser.parse(text, file: .unknown)
        else { return nil }
        self.root = root
        isPretty = text.dropLast().contains(where: \.isNewline)
        end = text.hasSuffix("\n") ? "\n" : ""
    }

    /// The document with marks for what looks like a secret; nil where nothing does.
    var redacted: String? {
        let shown = Self.redacted(root, isSecret: false)
        return shown == root ? nil : JSONEmitter.emit(shown, .init(pretty: isPretty)) + end
    }

    /// What ``redacted`` hides, as text.
    var secretValues: Set<String> { Self.secretValues(root, isSecret: false) }

    /// - Parameter isSecret: whether a name around it says so.
    private static func redacted(_ node: Node, isSecret: Bool) -> Node {
        switch node.content {
        case .mapping(let mapping):
            return .mapping(
                Mapping(
                    uniqueEntries: mapping.entries.map { entry in
                        Mapping.Entry(entry.key, redacted(entry.value, isSecret: isSecret || hides(entry, of: node)))
                    }))
        case .sequence(let items): return .sequence(items.map { redacted($0, isSecret: isSecret) })
        case .null, .bool: return node
        default: return isSecret || isTelling(node) ? SecretRedaction.marked(node) : SecretRedaction.redacted(node)
        }
    }

    private static func secretValues(_ node: Node, isSecret: Bool) -> Set<String> {
        switch node.content {
        case .mapping(let mapping):
            return mapping.entries.reduce(into: []) { values, entry in
                values.formUnion(secretValues(entry.value, isSecret: isSecret || hides(entry, of: node)))
            }
        case .sequence(let items):
            return items.reduce(into: []) { $0.formUnion(secretValues($1, isSecret: isSecret)) }
        case .null, .bool: return []
        default:
            return isSecret || isTelling(node)
                ? [node.string ?? JSONEmitter.emit(node)] : Scrubber.secretValues(in: node)
        }
    }

    /// Whether a value shows by itself that it is secret, as an address with a password does, whatever its name is.
    private static func isTelling(_ node: Node) -> Bool { SecretRedaction.hides(name: "", value: node) }

    /// By its own name, or as the value of a variable.
    private static func hides(_ entry: Mapping.Entry, of mapping: Node) -> Bool {
        if entry.key == "value", SecretRedaction.isSecretVariable(mapping) { return true }
        // `max_tokens: 512` is how many, and no secret.
        if entry.value.number != nil, entry.key.uppercased().hasSuffix("TOKENS") { return false }
        return SecretRedaction.hides(name: entry.key, value: entry.value)
    }
}
