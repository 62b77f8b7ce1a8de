/// The language's own functions (json-e.js.org/built-ins.html).
enum Builtin: String, CaseIterable, Sendable {
    case min, max, sqrt, ceil, floor, abs
    case range
    case lowercase, uppercase, str, number, len
    case strip, rstrip, lstrip, split, join
    case fromNow
    case typeof, defined

    /// The kinds that each parameter takes, by their `typeof` names.
    var parameters: [[String]] {
        switch self {
        case .min, .max, .sqrt, .ceil, .floor, .abs: [["number"]]
        case .range: [["number"], ["number"], ["number"]]
        case .lowercase, .uppercase, .number, .strip, .rstrip, .lstrip, .defined: [["string"]]
        case .str: [["string", "number", "boolean", "null"]]
        case .len: [["string", "array"]]
        case .split: [["string"], ["string", "number"]]
        case .join: [["array"], ["string", "number"]]
        case .fromNow: [["string"], ["string"]]
        case .typeof: [["string", "number", "boolean", "array", "object", "null", "function"]]
        }
    }

    /// How many arguments it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .min, .max: 1...Int.max
        case .range: 2...3
        case .fromNow: 1...2
        default: parameters.count...parameters.count
        }
    }
}
