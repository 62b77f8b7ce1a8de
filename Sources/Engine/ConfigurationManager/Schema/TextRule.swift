import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Decides whether a text has the format that its key asks for.
enum TextRule {
    /// What is wrong, or nil.
    static func problem(with text: String, _ format: SchemaValue.TextFormat) -> String? {
        if text.unicodeScalars.contains(where: { $0.value == 0 }) { return "it contains a null character" }
        switch format {
        case .free, .argument: return nil
        case .dnsLabel: return DNSLabel.problem(with: text)
        case .dnsName: return dnsName(text)
        case .absolutePath: return absolutePath(text)
        case .httpPath: return httpPath(text)
        case .httpURL: return httpURL(text)
        case .image: return image(text)
        case .imageTag: return tag(text)
        case .environmentName: return environmentName(text)
        case .addressRange: return addressRange(text)
        case .uuid: return uuid(text)
        case .awsAccount: return awsAccount(text)
        case .awsARN: return awsARN(text)
        }
    }

    private static func dnsName(_ text: String) -> String? {
        if text.utf8.count > 253 { return "it has more than 253 characters" }
        for label in text.split(separator: ".", omittingEmptySubsequences: false) {
            if let problem = DNSLabel.problem(with: String(label)) { return problem }
        }
        return nil
    }

    private static func absolutePath(_ text: String) -> String? {
        guard text.hasPrefix("/") else { return "it takes a path that starts with `/`" }
        guard text.count > 1 else { return "it cannot be the root itself" }
        if text.split(separator: "/").contains("..") { return "`..` may not be part of it" }
        return text.contains(":") ? "`:` may not be part of it" : nil
    }

    private static func httpPath(_ text: String) -> String? {
        guard text.hasPrefix("/") else { return "it takes a path that starts with `/`" }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            ? nil : "spaces and other characters must be percent-encoded"
    }

    private static func httpURL(_ text: String) -> String? {
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
            return "it takes a URL that starts with `http://` or `https://`"
        }
        if text.contains("@") { return "credentials do not belong into a URL" }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            ? nil : "spaces and other characters must be percent-encoded"
    }

    /// The reference grammar of the distribution project, less its length rules:
    /// https://pkg.go.dev/github.com/distribution/reference
    private static func image(_ text: String) -> String? {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !isDigest(parts[1]) {
            return "after `@` it takes a digest: `sha256:` and 64 hexadecimal digits"
        }
        var name = parts[0]
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            if let problem = tag(String(name[name.index(after: colon)...])) { return problem }
            name = name[..<colon]
        }
        let components = name.split(separator: "/", omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty }) else { return "a part between slashes is empty" }
        let pathStart = components.count > 1 && components[0].contains(where: { $0 == "." || $0 == ":" }) ? 1 : 0
        for component in components[pathStart...] where !component.utf8.allSatisfy(isRepositoryCharacter) {
            return "names of images are lowercase: a-z, 0-9, `.`, `_`, `-` and `/`"
        }
        return nil
    }

    private static func isRepositoryCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isDigest(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && parts[1].utf8.count >= 32 && parts[1].allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    private static func tag(_ text: String) -> String? {
        let allowed = text.utf8.allSatisfy { byte in
            isRepositoryCharacter(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        }
        if text.isEmpty || text.utf8.count > 128 { return "a version has 1 to 128 characters" }
        guard allowed, text.first != ".", text.first != "-" else {
            return "a version is a tag: letters, digits, `.`, `_` and `-`, starting with a letter or digit"
        }
        return nil
    }

    /// CIDR notation (RFC 4632, RFC 4291).
    private static func addressRange(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let length = Int(parts[1]), String(length) == parts[1] else {
            return "it takes an address and the length of its prefix, joined by `/`"
        }
        var address = in6_addr()
        if inet_pton(AF_INET, parts[0], &address) == 1 {
            return (0...32).contains(length) ? nil : "the prefix of an IPv4 address has 0 to 32 bits"
        }
        if inet_pton(AF_INET6, parts[0], &address) == 1 {
            return (0...128).contains(length) ? nil : "the prefix of an IPv6 address has 0 to 128 bits"
        }
        return "`\(parts[0])` is no IP address"
    }

    private static func uuid(_ text: String) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isHexadecimal = parts.allSatisfy {
            $0.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        }
        return isHexadecimal && parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
            ? nil : "it takes 32 hexadecimal digits in lower case, in groups of 8, 4, 4, 4 and 12"
    }

    private static func awsAccount(_ text: String) -> String? {
        text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
            ? nil : "it takes 12 digits, without hyphens"
    }

    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    private static func awsARN(_ text: String) -> String? {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        return parts.count == 6 && parts[0] == "arn" && parts[1].hasPrefix("aws") && !parts[2].isEmpty
            && !parts[5].isEmpty
            ? nil : "it takes `arn:`, partition, service, region, account and resource, joined by `:`"
    }

    private static func environmentName(_ text: String) -> String? {
        guard let first = text.unicodeScalars.first, first == "_" || first.properties.isAlphabetic, first.isASCII else {
            return "names of variables start with a letter or `_`"
        }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil)
        }
            ? nil : "names of variables are letters, digits and `_`"
    }
}
