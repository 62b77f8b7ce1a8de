public import Documents

/// Hides what looks like a secret in what people, logs and other programs get to see.
///
/// A secret's value can stand in two places of a manifest: in a plain environment variable, and in a file that is a
/// JSON document, such as what a workload is told; other secrets are references. Releases are stored with the values,
/// which a rollback needs.
public enum SecretRedaction {
    /// A variable whose name contains one of these, in upper or lower case, is taken for a secret. Too many
    /// are hidden rather than one too few: `TOKENIZER` is.
    public static let words = [
        "AUTH", "CONNECTION_STRING", "COOKIE", "CREDENTIAL", "DSN", "KEY", "PASS", "PRIVATE", "PWD",
        "SALT", "SECRET", "SESSION", "SIGNATURE", "TOKEN",
    ]
    /// What stands where a value was begins so; a keyed hash of the value follows.
    private static let mark = "<redacted "

    /// The key of the hashes. `deploy --plan` sets that of the plan, for the comparison with it.
    @TaskLocal package static var key = SecretHashKey.process

    /// Whether a variable's value is hidden: by its name, or because it is a URL with a password in it
    /// (RFC 3986, section 3.2.1).
    public static func hides(name: String, value: Node?) -> Bool {
        let name = name.uppercased()
        return words.contains { name.contains($0) } || value?.string.map(holdsUserInformation) ?? false
    }

    /// The same tree, with a mark for the value of each variable (`{name: API_TOKEN, value: …}`) that looks
    /// like a secret, and for each such field of a text that is a JSON document (`{"api_token": …}`). Empty values
    /// stay: there is nothing to hide.
    public static func redacted(_ node: Node) -> Node {
        var result = node
        switch node.content {
        case .sequence(let items): result.content = .sequence(items.map(redacted))
        case .mapping(let mapping):
            let hidden = isSecretVariable(node)
            result.content = .mapping(
                Mapping(
                    uniqueEntries: mapping.entries.map { entry in
                        let value = hidden && entry.key == "value" ? marked(entry.value) : redacted(entry.value)
                        return Mapping.Entry(entry.key, at: entry.keyLocation, value)
                    }))
        case .string(let text): result.content = .string(EmbeddedDocument(text)?.redacted ?? text)
        default: break
        }
        return result
    }

    /// Whether the node is a variable whose value is hidden.
    public static func isSecretVariable(_ node: Node) -> Bool {
        guard let name = node["name"]?.string, let value = node["value"] else { return false }
        return hides(name: name, value: value)
    }

    /// The mark that stands for a value, `<redacted 5f1d0c9a7be2>`: the same for the same value within a run. It keeps
    /// the place where the value was set.
    package static func marked(_ value: Node) -> Node {
        if value.isNull || value.string?.isEmpty == true { return value }
        return .string(mark(for: value.string ?? JSONEmitter.emit(value)), at: value.location)
    }

    /// `<redacted 5f1d0c9a7be2>`, in a text.
    static func mark(for text: String) -> String { "\(mark)\(key.hash(text))>" }

    /// Whether the text has `user:password@` after some `scheme://`.
    private static func holdsUserInformation(_ text: String) -> Bool {
        var rest = Substring(text)
        while let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { !"/?# ".contains($0) }
            if let end = authority.lastIndex(of: "@"), authority[..<end].contains(":") { return true }
        }
        return false
    }
}

extension Release {
    /// The release as it may be shown: without the values of variables that look like secrets.
    public var redacted: Release {
        var release = self
        for index in release.resources.indices {
            release.resources[index].manifest = SecretRedaction.redacted(release.resources[index].manifest)
        }
        return release
    }
}
