import Documents

@testable import TemplateRenderer

/// Makes nonsense out of sense: expressions and templates with pieces dropped, doubled, swapped and
/// replaced, the same ones for the same seed.
struct ExpressionMutator {
    /// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators").
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private var generator: Generator

    init(seed: UInt64) {
        generator = Generator(state: seed)
    }

    private static let seeds = [
        "a + b * 2 ** 3 - c.d[0]", "len(split(s, ',')) > 2 && !(x in list)", "list[1:-1][0] == 'a'",
        "{a: 1, 'b': [2]}.b[0]",
        "min(1, 2, max(3)) / 4", "fromNow('1 day 2 hours', now)", "join(range(0, 10, 3), '-')", "[min, max][0](1, n)",
        "defined('x') || typeof(f) == 'function'", "number(strip(' 1.5 ')) <= sqrt(ceil(n))", "c['d'][n] != null",
    ]
    private static let pieces = [
        "(", ")", "[", "]", "{", "}", ".", ",", ":", "+", "-", "*", "**", "/", "!", "&&", "||", "==", "<", "in", "'",
        "\"",
        "$", "${", "$${", "a", "list", "c", "s", "f", "n", "now", "null", "true", "0", "1", "-1", "9223372036854775807",
        "1e9", "0.5", "é", "😁", "\u{0}", " ", "\n", "range", "len", "str", "fromNow", "1y", "typeof", "min",
    ]

    mutating func expression() -> String {
        var tokens = pick(Self.seeds).split(separator: " ", omittingEmptySubsequences: false).flatMap { word in
            Array(word).map(String.init) + [" "]
        }
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let position = Int.random(in: 0..<tokens.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: if tokens.count > 1 { tokens.remove(at: position) }
            case 1: tokens.insert(pick(Self.pieces), at: position)
            case 2: tokens[position] = pick(Self.pieces)
            case 3: tokens.swapAt(position, Int.random(in: 0..<tokens.count, using: &generator))
            default: tokens.insert(contentsOf: tokens[position...].prefix(8), at: position)
            }
        }
        return tokens.joined()
    }

    mutating func template(depth: Int = 0) -> Node {
        switch Int.random(in: 0..<(depth > 4 ? 4 : 9), using: &generator) {
        case 0: return .string("x ${\(expression())} y")
        case 1: return .integer(Int.random(in: -3...3, using: &generator))
        case 2: return .string(pick(Self.pieces))
        case 3: return ["$eval": .string(expression())]
        case 4: return .sequence((0..<Int.random(in: 0...3, using: &generator)).map { _ in template(depth: depth + 1) })
        default:
            var mapping = Mapping()
            if Bool.random(using: &generator) { mapping[pick(OperatorName.allCases).rawValue] = operand(depth) }
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                mapping[pick(Self.keys)] = Bool.random(using: &generator) ? operand(depth) : .string(expression())
            }
            return .mapping(mapping)
        }
    }

    private static let keys = [
        "then", "else", "in", "initial", "from", "each(x)", "each(a, x)", "each(a,x,i)", "by(x)", "$default", "a", "b",
        "${s}", "$$eval", "$odd", "true", "n > 1", "",
    ]

    private mutating func operand(_ depth: Int) -> Node {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: .string(pick(["list", "c", "true", "n > 0", "s", "a"]))
        case 1: ["$eval": .string(pick(["list", "c", "objects", "range(0, 5)", "f", "[f, 1]", "{x: f}"]))]
        default: template(depth: depth + 1)
        }
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &generator)]
    }
}
