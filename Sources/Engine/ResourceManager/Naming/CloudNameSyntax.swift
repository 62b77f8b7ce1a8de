package import ServiceModel

/// What the clouds take for names; see ``CloudNames`` for their rules.
package enum CloudNameSyntax {
    /// What keeps `name` from naming a bucket, or at Azure a storage account; nil when nothing does.
    package static func problem(withBucket name: String, at provider: ProviderKind) -> String? {
        if provider == .azure {
            return isText(name, 3...24, and: "")
                ? nil : "a storage account's name has 3 to 24 lower-case letters and digits"
        }
        guard isText(name, 3...63, and: provider == .gcp ? "-._" : "-.") else {
            return "a bucket's name has 3 to 63 lower-case letters, digits, `-` and `.`"
        }
        guard let first = name.first, let last = name.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return "a bucket's name begins and ends with a letter or digit"
        }
        if name.contains("..") { return "a bucket's name cannot have two dots in a row" }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) { return "a bucket's name cannot be an IP address" }
        switch provider {
        case .aws:
            if let prefix = ["xn--", "sthree-", "amzn-s3-demo-"].first(where: name.hasPrefix) {
                return "names that begin with `\(prefix)` are Amazon's own"
            }
            if let suffix = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].first(where: name.hasSuffix) {
                return "names that end with `\(suffix)` are Amazon's own"
            }
            return nil
        case .gcp:
            return name.hasPrefix("goog") || name.contains("google") ? "Google's name may not be part of it" : nil
        default: return nil
        }
    }

    /// What keeps `name` from naming a node pool; nil when nothing does. It is the value of a label, too.
    package static func problem(withNodePool name: String, at provider: ProviderKind) -> String? {
        let begins = name.first.map { $0.isASCII && $0.isLetter && $0.isLowercase } ?? false
        switch provider {
        case .aws:
            let isValid =
                name.utf8.count <= 63
                && name.unicodeScalars.allSatisfy {
                    ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
                        || $0 == "_"
                }
            guard isValid, let first = name.first, let last = name.last, isWordCharacter(first), isWordCharacter(last)
            else {
                return "a node group's name has up to 63 letters, digits, `-` and `_`, a letter or digit at both ends"
            }
            return nil
        case .gcp:
            return begins && !name.hasSuffix("-") && isText(name, 1...40, and: "-")
                ? nil : "a node pool's name has up to 40 lower-case letters, digits and `-`, and begins with a letter"
        case .azure:
            return begins && isText(name, 1...12, and: "")
                ? nil : "a node pool's name has up to 12 lower-case letters and digits, and begins with a letter"
        case .local, .onprem: return nil
        }
    }

    /// What keeps `text` from standing for one secret of AWS Secrets Manager, by its name or its ARN; nil when nothing
    /// does.
    ///
    /// It becomes a part of a policy, in which `*` and `?` stand for more than one.
    /// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html (Name)
    /// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
    ///
    /// - Parameter region: of the cluster; nil where it is not known.
    package static func problem(withAWSSecret text: String, in region: String?) -> String? {
        if text.contains(where: { "*?".contains($0) }) {
            return "`*` and `?` would allow the pods to read other secrets"
        }
        var name = text
        if text.hasPrefix("arn:") {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 2, parts[1].hasPrefix("aws"), parts[2] == "secretsmanager" else {
                return "it is an ARN, and of something else"
            }
            guard parts.count == 7, !parts[3].isEmpty, parts[4].utf8.count == 12,
                parts[4].utf8.allSatisfy({ (48...57).contains($0) }), parts[5] == "secret"
            else {
                return "the ARN of a secret is `arn:aws:secretsmanager:`, region, account, `secret` and name, joined by"
                    + " `:`"
            }
            if let region, parts[3] != region { return "it is in \(parts[3]), and the cluster is in \(region)" }
            name = parts[6]
        }
        let isName =
            (1...512).contains(name.utf8.count)
            && name.allSatisfy { isWordCharacter($0) || "/_+=.@-".contains($0) }
        return isName ? nil : "a secret's name has 1 to 512 letters, digits and characters of `/_+=.@-`"
    }

    private static func isText(_ text: String, _ length: ClosedRange<Int>, and marks: String) -> Bool {
        length.contains(text.utf8.count)
            && text.allSatisfy { isAlphanumeric($0) || marks.contains($0) }
    }

    private static func isAlphanumeric(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("0"..."9").contains(character)
    }

    private static func isWordCharacter(_ character: Character) -> Bool {
        isAlphanumeric(character) || ("A"..."Z").contains(character)
    }
}
