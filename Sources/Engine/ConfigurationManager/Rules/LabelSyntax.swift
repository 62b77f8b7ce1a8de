/// How Kubernetes wants keys and values of labels to be written:
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
enum LabelSyntax {
    private static let maximumLength = 63

    /// A name, or a DNS name and a name joined by `/`.
    static func problem(withKey text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return parts[0].isEmpty ? "it is empty" : problem(withValue: parts[0])
        case 2:
            if let problem = TextRule.problem(with: parts[0], .dnsName) { return "before the `/`, \(problem)" }
            return parts[1].isEmpty ? "after the `/` nothing follows" : problem(withValue: parts[1])
        default: return "it has more than one `/`"
        }
    }

    /// Letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; or nothing at all.
    static func problem(withValue text: String) -> String? {
        if text.utf8.count > maximumLength { return "it has more than \(maximumLength) characters" }
        if let odd = text.unicodeScalars.first(where: { !isAlphanumeric($0) && !"-_.".unicodeScalars.contains($0) }) {
            return odd == " " ? "it has a space" : "`\(odd)` is not allowed"
        }
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return nil }
        return isAlphanumeric(first) && isAlphanumeric(last) ? nil : "it must start and end with a letter or digit"
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
