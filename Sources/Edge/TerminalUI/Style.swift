/// Colours by meaning, or none.
package struct Style: Sendable {
    package enum Meaning: String, Sendable {
        case good = "32"
        case warning = "33"
        case bad = "31"
        case faint = "2"
        case strong = "1"
        case key = "36"
    }

    package let isColoured: Bool

    package init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    package static let plain = Style(isColoured: false)

    package func apply(_ meaning: Meaning, _ text: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(meaning.rawValue)m\(text)\u{1B}[0m" : text
    }
}
