import Diagnostics
import Documents

enum OperatorName: String, CaseIterable {
    case eval = "$eval"
    case flatten = "$flatten"
    case flattenDeep = "$flattenDeep"
    case fromNow = "$fromNow"
    case condition = "$if"
    case json = "$json"
    case bind = "$let"
    case map = "$map"
    case match = "$match"
    case choose = "$switch"
    case merge = "$merge"
    case mergeDeep = "$mergeDeep"
    case sort = "$sort"
    case reverse = "$reverse"
    case reduce = "$reduce"
    case find = "$find"

    /// The keys that may stand beside the operator's own.
    var properties: [String] {
        switch self {
        case .fromNow: ["from"]
        case .condition: ["then", "else"]
        case .bind: ["in"]
        case .reduce: ["initial"]
        default: []
        }
    }

    /// The key that binds names, as `each(x, i)`: its word and how many names it may bind.
    var binding: (word: String, counts: ClosedRange<Int>)? {
        switch self {
        case .map, .find: ("each", 1...2)
        case .reduce: ("each", 2...3)
        case .sort: ("by", 1...1)
        default: nil
        }
    }
}

/// The entries of a mapping that has an operator, by the part they play.
struct OperatorEntries {
    let operand: Node
    let place: Place
    /// The entry that binds names.
    let binding: (names: [String], value: Node)?
    private let mapping: Mapping
    /// Keys that the operator does not have, in the order of their characters.
    let undefined: [Mapping.Entry]

    init(_ mapping: Mapping, place: Place, operatorEntry: Mapping.Entry) {
        self.mapping = mapping
        self.place = place
        operand = operatorEntry.value
        var binding: (names: [String], value: Node)?
        var undefined: [Mapping.Entry] = []
        let name = OperatorName(rawValue: operatorEntry.key)
        for entry in mapping.entries where entry.key != operatorEntry.key {
            if let form = name?.binding, let names = Self.names(entry.key, word: form.word),
                form.counts.contains(names.count), binding == nil
            {
                binding = (names, entry.value)
            } else if name?.properties.contains(entry.key) != true, OperatorName(rawValue: entry.key) == nil {
                undefined.append(entry)
            }
        }
        self.binding = binding
        self.undefined = undefined.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    subscript(key: String) -> Node? { mapping[key] }

    /// The names in `each(x, i)`.
    private static func names(_ key: String, word: String) -> [String]? {
        guard key.hasPrefix(word + "("), key.hasSuffix(")") else { return nil }
        let names = key.dropFirst(word.count + 1).dropLast().split(separator: ",", omittingEmptySubsequences: false)
        let trimmed = names.enumerated().map { index, name in index == 0 ? name : name.drop { $0.isWhitespace } }
        return trimmed.allSatisfy { Context.isName($0) } ? trimmed.map(String.init) : nil
    }
}
