import Documents
import ServiceModel

extension CloudFacts {
    /// The place of the service's image in Amazon's registry; null for an image of any other.
    ///
    /// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
    var registry: Node {
        let location = spec.image.location
        let parts = spec.image.text.split(separator: "/", maxSplits: 1).map(String.init)
        let host = parts.first?.split(separator: ".").map(String.init) ?? []
        guard spec.provider == .aws, parts.count == 2, host.count >= 6, host[1...2] == ["dkr", "ecr"],
            host[4] == "amazonaws"
        else { return .null }
        let digested = parts[1].split(separator: "@", maxSplits: 1).map(String.init)
        let tagged = digested[0].split(separator: ":", maxSplits: 1).map(String.init)
        let digest = digested.count > 1 ? digested[1] : nil
        return .mapping(
            Mapping(uniqueEntries: [
                .init("account", .string(host[0], at: location)), .init("region", .string(host[3], at: location)),
                .init("repository", .string(tagged[0], at: location)),
                .init("tag", digest == nil && tagged.count > 1 ? .string(tagged[1], at: location) : .null),
                .init("digest", digest.map { .string($0, at: location) } ?? .null),
            ]), at: location)
    }
}
