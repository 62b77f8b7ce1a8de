import Documents

/// Random trees and texts, the same ones for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators").
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }

    /// Pieces that mean something to some YAML reader, in places where they do and do not.
    private static let pieces = [
        "a", "Z", "0", "1", "9", " ", "  ", "\n", "\n\n", "\t", "\r", ":", ": ", "#", " #", "-", "- ", "?", "? ", ",",
        "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "\\", "%", "@", "`", "=", "<<", "~", ".", "_", "+", "e",
        "x", "o", "null", "true", "yes", "é", "😀", "\u{85}", "\u{A0}", "\u{2028}", "\u{FEFF}", "\u{0}", "\u{7}",
        "\u{7F}", "\u{FFFD}", "\u{E000}", "---", "...", "\u{301}",
    ]

    mutating func text() -> String {
        if Int.random(in: 0..<4, using: &self) == 0 { return pick(CuratedText.all) }
        return (0..<Int.random(in: 0...6, using: &self)).map { _ in pick(Self.pieces) }.joined()
    }

    mutating func tree(depth: Int = 0) -> Node {
        switch Int.random(in: 0..<(depth > 3 ? 6 : 10), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer(Int(truncatingIfNeeded: next()))
        case 3: return .number(Double(Int.random(in: -999_999...999_999, using: &self)) / 1024)
        case 4, 5: return .string(text())
        case 6, 7:
            return .sequence((0..<Int.random(in: 0...4, using: &self)).map { _ in tree(depth: depth + 1) })
        default:
            var mapping = Mapping()
            for _ in 0..<Int.random(in: 0...4, using: &self) { mapping[text()] = tree(depth: depth + 1) }
            return .mapping(mapping)
        }
    }
}

/// Strings that some reader of YAML 1.1 or 1.2 takes for something else when they stand as they are.
enum CuratedText {
    static let all =
        [
            "", " ", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "yes", "Yes", "YES", "no", "NO",
            "on",
            "On", "off", "OFF", "y", "Y", "n", "N", "=", "<<", "1", "-1", "+1", "0", "-0", "007", "0o7", "0O7", "0x1F",
            "0b101", "1_000", "1:30", "190:20:30", "1:30.5", "1.10", "1.", ".5", "-.5", "+.5", "1e3", "1E3", "1e+3",
            "1.5e3", ".inf", "-.inf", "+.INF", ".nan", ".NaN", "2001-12-14", "2001-12-14t21:59:43.10-05:00", "2001-1-1",
            "12e03", "0.", "._1", "_", "_1", ".", "..", "...", "... a", "...a", "---", "--- a", "-", "--", "- a", "-a",
            "?", "? a", ":",
            "a:", "a: b", "a:b", "#a", "a #b", "a#b", "&a", "*a", "!a", "!!str a", "|", ">", "'a'", "\"a\"", "%a", "@a",
            "`a", "{a}", "[a]", "a, b", "{{ a }}", "a\\b", "a'b", "a\"b", " a", "a ", "a\tb", "\ta", "a\t",
        ] + [
            "a\nb", "a\nb\n", "a\nb\n\n", "a\n\nb", "\n", "\n\n", "\na", "\n a", " a\nb", "  a\n b\n", "a\n  b\n",
            "a \nb",
            "a\n ", "a\n\t", "a\tb\nc", "a\n\tb", "a\r\nb\r\n", "a\rb", "a\n#b", "a\n---\nb", "a\n...\nb\n", "- a\n- b",
            "a: b\nc: d\n", "\u{85}", "a\u{85}b", "a\nb\u{85}c", "\u{2028}", "a\n\u{2029}b", "\u{FEFF}a",
            "a\n\u{FEFF}b",
            "é", "日本語", "😀", "a\n😀\n", "\u{0}", "\u{1}", "\u{1B}[0m", "\u{7F}", "\u{80}", "\u{9F}", "\u{A0}",
            "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{10FFFF}", "e\u{301}", "\u{301}",
            String(repeating: "long ", count: 400),
            String(repeating: "x", count: 2000),
        ]
}
