/// The rule for names of services and namespaces: a label of RFC 1123.
public enum DNSLabel {
    /// What keeps `text` from being a label, or nil when nothing does.
    public static func problem(with text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if let odd = text.unicodeScalars.first(where: { !isAllowed($0) }) {
            if odd.properties.isUppercase { return "`\(odd)` is uppercase" }
            return odd == " " ? "it has a space" : "`\(odd)` is not allowed"
        }
        if text.hasPrefix("-") || text.hasSuffix("-") { return "it starts or ends with `-`" }
        if text.utf8.count > ServiceName.maximumLength { return "it has \(text.utf8.count) characters" }
        return nil
    }

    /// A label that resembles `text`, when one is left after removing what is not allowed.
    public static func suggestion(for text: String) -> String? {
        var label = ""
        for scalar in text.lowercased().unicodeScalars {
            if isAllowed(scalar) {
                label.unicodeScalars.append(scalar)
            } else if !label.isEmpty, !label.hasSuffix("-") {
                label += "-"
            }
        }
        label = String(label.drop { $0 == "-" }.prefix(ServiceName.maximumLength))
        while label.hasSuffix("-") { label.removeLast() }
        return label.isEmpty ? nil : label
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9", "-": true
        default: false
        }
    }
}
