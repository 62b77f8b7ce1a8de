/// Finds the known name that a person most likely meant.
public enum NearestName {
    /// The candidate that differs only in case, `-` and `_`; else the only one that `name` begins, as `prod` begins
    /// `production`; else the one with the smallest edit distance, when that is small enough for a typo: at most a
    /// third of the longer name's length.
    public static func find(_ name: String, among candidates: some Sequence<String>) -> String? {
        var best: (name: String, distance: Int)?
        let wanted = folded(name)
        if let same = candidates.first(where: { folded($0) == wanted }) { return same }
        if let whole = unabbreviated(wanted, candidates) { return whole }
        for candidate in candidates {
            let other = folded(candidate)
            let allowed = max(1, max(wanted.count, other.count) / 3)
            guard abs(wanted.count - other.count) <= allowed else { continue }
            let distance = distance(wanted, other)
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func unabbreviated(_ wanted: [UInt8], _ candidates: some Sequence<String>) -> String? {
        guard wanted.count >= 3 else { return nil }
        let longer = candidates.filter { folded($0).starts(with: wanted) }
        return longer.count == 1 ? longer[0] : nil
    }

    private static func folded(_ name: String) -> [UInt8] {
        Array(name.lowercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") })
    }

    /// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + [Int](repeating: 0, count: right.count)
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var value = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    value = min(value, beforeLast[column - 2] + 1)
                }
                current[column] = value
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
