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
