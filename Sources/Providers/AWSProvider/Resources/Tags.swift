import Documents

/// Tags in the shapes that the services have for them.
enum Tags {
    static func dictionary(_ tags: Node?) -> [String: String] {
        Dictionary(
            (tags?.mapping?.entries ?? []).map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { $1 })
    }

    /// From `[{Key, Value}]`, as IAM, S3 and CloudFront have them.
    static func dictionary(pairs: [Node]) -> [String: String] {
        Dictionary(
            pairs.map { ($0["Key"]?.string ?? "", $0["Value"]?.string ?? "") }, uniquingKeysWith: { $1 })
    }

    /// The tags that are wanted as they are there: what others have added is left out.
    static func node(_ tags: [String: String], wanted: Node?) -> Node {
        var mapping = Mapping()
        for entry in wanted?.mapping?.entries ?? [] {
            if let value = tags[entry.key] { mapping[entry.key] = .string(value) }
        }
        return .mapping(mapping)
    }

    /// Those of others with the wanted ones over them. What AWS itself has tagged only AWS may write.
    static func merged(_ live: [String: String], _ wanted: Node?) -> Node {
        var mapping = Mapping()
        for (key, value) in live.sorted(by: { $0.key < $1.key }) where !key.hasPrefix("aws:") {
            mapping[key] = .string(value)
        }
        for entry in wanted?.mapping?.entries ?? [] { mapping[entry.key] = entry.value }
        return .mapping(mapping)
    }

    /// `Tags.member.1.Key=…` of the Query protocol.
    static func parameters(_ tags: Node?) -> [(String, String)] {
        (tags?.mapping?.entries ?? []).enumerated().flatMap { index, entry in
            [
                ("Tags.member.\(index + 1).Key", entry.key),
                ("Tags.member.\(index + 1).Value", entry.value.string ?? ""),
            ]
        }
    }
}
