import Documents
import ServiceModel

/// Decides whether one scalar fits its schema, and what it becomes.
struct ScalarRule {
    enum Verdict {
        case accepted(Node.Content)
        case wrongKind
        case invalid(why: String, fix: String? = nil)
    }

    private let schema: SchemaValue

    init(_ schema: SchemaValue) {
        self.schema = schema
    }

    func check(_ node: Node) -> Verdict {
        switch schema {
        case .boolean:
            return node.bool == nil ? .wrongKind : .accepted(node.content)
        case .integer(let range):
            guard let number = node.number else { return .wrongKind }
            guard let value = number.integer else { return .invalid(why: "it takes \(Self.words(range))") }
            guard range.contains(value) else { return .invalid(why: "it takes \(Self.words(range))") }
            return .accepted(.number(Number(value)))
        case .number(let range):
            guard let number = node.number else { return .wrongKind }
            guard range.contains(number.double) else {
                return .invalid(why: "it takes a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return .accepted(node.content)
        case .countOrPercentage:
            if let count = node.integer {
                return count < 0
                    ? .invalid(why: "it takes a whole number, at least 0, or \(Self.percentages)")
                    : .accepted(node.content)
            }
            return text(node) { Self.percentage($0).map { _ in "it takes a whole number, or \(Self.percentages)" } }
        case .percentage: return text(node, Self.percentage)
        case .quantity(let measure): return text(node) { Self.quantity($0, measure) }
        case .duration:
            return text(node) {
                TimeSpan($0) == nil ? "it takes a length of time with a unit: ms, s, m, h, d or w" : nil
            }
        case .bandwidth:
            return text(node) {
                Bandwidth($0) == nil ? "it takes bits a second with a unit: Kbps, Mbps, Gbps or Tbps" : nil
            }
        case .rate:
            return text(node) { Rate($0) == nil ? "it takes a number and a period: per second, minute or hour" : nil }
        case .choice(let choices):
            return choice(node, choices)
        case .text(let format):
            return text(node) { TextRule.problem(with: $0, format) }
        case .object, .map, .list, .anything:
            return .accepted(node.content)
        }
    }

    /// How a value of the wrong kind is written in the right one, when that is sure to be what was meant.
    func fix(for node: Node) -> String? {
        switch (schema, node.content) {
        case (.boolean, .string(let text)) where ["yes", "on", "y", "true"].contains(text.lowercased()): "write `true`"
        case (.boolean, .string(let text)) where ["no", "off", "n", "false"].contains(text.lowercased()):
            "write `false`"
        case (.integer, .string(let text)):
            Int(text).map { accepts(.integer($0)) } == true ? "remove the quotes: `\(text)`" : nil
        case (.number, .string(let text)):
            Double(text).map { accepts(.number($0)) } == true ? "remove the quotes: `\(text)`" : nil
        case (.list(.text(.argument), _), .string(let text)):
            Self.words(of: text).map { "write `[\($0.joined(separator: ", "))]`" }
        case (_, .bool(let value)):
            accepts(.string("\(value)")) ? "put it in quotes: `\"\(value)\"`" : nil
        case (_, .null): "remove it, or write for example `\(schema.example)`"
        default: nil
        }
    }

    /// The words of a command line that means the same in any shell; nil where quotes or the like would matter.
    private static func words(of command: String) -> [Substring]? {
        let isPlain = command.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "/"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "):
                true
            default: false
            }
        }
        let words = command.split(separator: " ")
        return isPlain && !words.isEmpty ? words : nil
    }

    private func accepts(_ node: Node) -> Bool {
        if case .accepted = check(node) { true } else { false }
    }

    /// Why a value of the wrong kind was probably written so.
    func hint(for node: Node) -> String? {
        switch (schema, node.content) {
        case (.boolean, .string(let text)) where ["yes", "no", "on", "off", "y", "n"].contains(text.lowercased()):
            "in YAML 1.2 `\(text)` is text; booleans are `true` and `false`"
        case (.boolean, .string(let text)) where ["true", "false"].contains(text.lowercased()):
            "in quotes `\(text)` is text"
        case (.integer, .string(let text)) where Int(text) != nil,
            (.number, .string(let text)) where Double(text) != nil:
            "in quotes `\(text)` is text"
        case (.text, .bool), (.choice, .bool): "without quotes `true` and `false` are booleans"
        default: nil
        }
    }

    private func text(_ node: Node, _ problem: (String) -> String?) -> Verdict {
        let text: String
        switch node.content {
        case .string(let value): text = value
        case .number(let number): text = number.text
        default: return .wrongKind
        }
        if let why = problem(text) { return .invalid(why: why) }
        return .accepted(.string(text))
    }

    private func choice(_ node: Node, _ choices: [String]) -> Verdict {
        guard let text = node.string else { return .wrongKind }
        if choices.contains(text) { return .accepted(node.content) }
        return .invalid(
            why: choices.count == 1
                ? "it takes only `\(choices[0])`" : "it takes one of \(choices.joined(separator: ", "))",
            fix: NearestNameHint.fix(for: text, among: choices))
    }

    private static let percentages = "a whole percentage from 1% to 100%"

    private static func percentage(_ text: String) -> String? {
        guard text.hasSuffix("%"), let value = Int(text.dropLast()), (1...100).contains(value) else {
            return "it takes \(percentages)"
        }
        return nil
    }

    private static func quantity(_ text: String, _ measure: SchemaValue.Measure) -> String? {
        guard let quantity = Quantity(text) else {
            let wrong = text.hasSuffix("GB") || text.hasSuffix("MB") || text.hasSuffix("TB")
            return wrong
                ? "Kubernetes writes sizes as `Gi` (1024³) or `G` (1000³), without the B"
                : "it takes \(range(of: measure))"
        }
        switch measure {
        case .cpu where quantity.milli == 0 || quantity.milli > 4_096_000, .bytes where quantity.milli == 0:
            return "it takes \(range(of: measure))"
        case .cpu where !isWholeMillicores(text): return "CPU comes in thousandths, no finer than 1m"
        case .bytes where quantity.milli % 1000 != 0: return "bytes come whole"
        case .bytes where quantity.units < 1 << 20:
            return "less than 1Mi is surely a missing unit: it takes \(range(of: measure))"
        default: return nil
        }
    }

    /// Kubernetes refuses CPU that is finer, where ``Quantity`` rounds up:
    /// https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-cpu
    private static func isWholeMillicores(_ text: String) -> Bool {
        let factors: [Character: Double] = ["n": 1e-6, "u": 1e-3, "m": 1]
        let factor = text.last.flatMap { factors[$0] }
        guard let number = Double(factor == nil ? text : String(text.dropLast())) else { return true }
        let millicores = number * (factor ?? 1000)
        return abs(millicores - millicores.rounded()) < 1e-6
    }

    private static func range(of measure: SchemaValue.Measure) -> String {
        switch measure {
        case .cpu: "1m (a thousandth of a CPU) to 4096"
        case .bytes: "1Mi or more, a number with the suffix Mi, Gi or Ti (of 1024) or M, G or T (of 1000)"
        }
    }

    private static func words(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "at least \(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
}
