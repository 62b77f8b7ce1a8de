public import Documents

/// Takes known secrets out of text: what a program writes to its log knows no names of variables.
public struct Scrubber: Sendable {
    /// Shorter values would be found in every text.
    private static let minimumLength = 6

    /// How secrets are written, the longest first where one is part of another, with the value that each stands for.
    private let forms: [(text: String, secret: String)]

    /// - Parameter secrets: values; each line of one is a secret, too.
    public init(_ secrets: Set<String>) {
        let lines = secrets.flatMap { secret in
            [secret] + secret.split(whereSeparator: \.isNewline).map(String.init)
        }
        var forms: [String: String] = [:]
        for secret in Set(lines) where secret.count >= Self.minimumLength {
            // JSON and quoted YAML escape; an event's line may hold a document that was JSON before.
            let escaped = Self.escaped(secret)
            for form in [secret, escaped, Self.escaped(escaped)] { forms[form] = secret }
        }
        self.forms = forms.map { ($0.key, $0.value) }.sorted { ($1.text.count, $0.text) < ($0.text.count, $1.text) }
    }

    /// As it stands between the quotes of a JSON string.
    private static func escaped(_ text: String) -> String {
        String(JSONEmitter.emit(.string(text)).dropFirst().dropLast())
    }

    /// The text with a mark for each secret in it.
    public func scrubbed(_ text: String) -> String {
        forms.reduce(text) { $0.replacing($1.text, with: SecretRedaction.mark(for: $1.secret)) }
    }

    /// The values in a manifest that look like secrets, as ``SecretRedaction`` finds them.
    public static func secretValues(in node: Node) -> Set<String> {
        switch node.content {
        case .sequence(let items): return items.reduce(into: []) { $0.formUnion(secretValues(in: $1)) }
        case .mapping(let mapping):
            let own = SecretRedaction.isSecretVariable(node) ? node["value"]?.string : nil
            return mapping.entries.reduce(into: Set([own].compactMap(\.self))) { values, entry in
                values.formUnion(secretValues(in: entry.value))
            }
        case .string(let text): return EmbeddedDocument(text)?.secretValues ?? []
        default: return []
        }
    }
}
