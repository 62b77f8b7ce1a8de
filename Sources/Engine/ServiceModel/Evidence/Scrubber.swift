public import Documents

/// Takes known secrets out of text: what a program writes to its log knows no names of variables.
public struct Scrubber: Sendable {
    /// Shorter values would be found in every text.
    private static let minimumLength = 6

    /// The longest first, where one is part of another.
    private let secrets: [String]

    /// - Parameter secrets: values; each line of one is a secret, too.
    public init(_ secrets: Set<String>) {
        let lines = secrets.flatMap { secret in
            [secret] + secret.split(whereSeparator: \.isNewline).map(String.init)
        }
        self.secrets = Set(lines).filter { $0.count >= Self.minimumLength }
            .sorted { ($1.count, $0) < ($0.count, $1) }
    }

    /// The text with a mark for each secret in it.
    public func scrubbed(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: SecretRedaction.mark(for: $1)) }
    }

    /// The values of variables in a manifest that look like secrets.
    public static func secretValues(in node: Node) -> Set<String> {
        switch node.content {
        case .sequence(let items): return items.reduce(into: []) { $0.formUnion(secretValues(in: $1)) }
        case .mapping(let mapping):
            let own = SecretRedaction.isSecretVariable(node) ? node["value"]?.string : nil
            return mapping.entries.reduce(into: Set([own].compactMap(\.self))) { values, entry in
                values.formUnion(secretValues(in: entry.value))
            }
        default: return []
        }
    }
}
