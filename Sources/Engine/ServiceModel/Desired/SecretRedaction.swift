public import Documents

/// Hides what looks like a secret in what people, logs and other programs get to see.
///
/// Plain environment variables are the only place of a manifest where a secret's value can stand: other
/// secrets are references. Releases are stored with the values, which a rollback needs.
public enum SecretRedaction {
    /// A variable whose name contains one of these, in upper or lower case, is taken for a secret. Too many
    /// are hidden rather than one too few: `TOKENIZER` is.
    public static let words = [
        "AUTH", "CONNECTION_STRING", "COOKIE", "CREDENTIAL", "DSN", "KEY", "PASS", "PRIVATE", "PWD",
        "SALT", "SECRET", "SESSION", "SIGNATURE", "TOKEN",
    ]
    /// Stands where the value was.
    public static let mark = "<redacted>"
    /// Stands where a value was that differs from the one before.
    public static let changedMark = "<redacted, changed>"

    /// Whether a variable's value is hidden: by its name, or because it is a URL with a password in it
    /// (RFC 3986, section 3.2.1).
    public static func hides(name: String, value: Node?) -> Bool {
        let name = name.uppercased()
        return words.contains { name.contains($0) } || value?.string.map(holdsUserInformation) ?? false
    }

    /// The same tree, with a mark for the value of each variable (`{name: API_TOKEN, value: …}`) that looks
    /// like a secret. Empty values stay: there is nothing to hide.
    ///
    /// - Parameter previous: what stood there before; where a hidden value differs from that, the mark says so.
    public static func redacted(_ node: Node, previous: Node? = nil) -> Node {
        var result = node
        switch node.content {
        case .sequence(let items):
            result.content = .sequence(
                items.enumerated().map { index, item in
                    redacted(item, previous: counterpart(of: item, at: index, in: previous?.sequence ?? []))
                })
        case .mapping(let mapping):
            let hidden = isSecretVariable(node)
            result.content = .mapping(
                Mapping(
                    uniqueEntries: mapping.entries.map { entry in
                        let old = previous?[entry.key]
                        let value =
                            hidden && entry.key == "value"
                            ? marked(entry.value, previous: old) : redacted(entry.value, previous: old)
                        return Mapping.Entry(entry.key, at: entry.keyLocation, value)
                    }))
        default: break
        }
        return result
    }

    /// Whether the node is a variable whose value is hidden.
    public static func isSecretVariable(_ node: Node) -> Bool {
        guard let name = node["name"]?.string, let value = node["value"] else { return false }
        return hides(name: name, value: value)
    }

    /// The mark that stands for a value; it keeps the place where the value was set.
    public static func marked(_ value: Node, previous: Node? = nil) -> Node {
        if value.isNull || value.string?.isEmpty == true { return value }
        let isChanged = previous.map { $0 != value } ?? false
        return .string(isChanged ? changedMark : mark, at: value.location)
    }

    /// Variables belong together by name, since lists grow and shrink; other entries by position.
    private static func counterpart(of item: Node, at index: Int, in previous: [Node]) -> Node? {
        if let name = item["name"]?.string { return previous.first { $0["name"]?.string == name } }
        return previous.indices.contains(index) ? previous[index] : nil
    }

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
