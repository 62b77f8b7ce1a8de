import Synchronization

/// Counters, gauges and histograms, written in Prometheus' text format 0.0.4.
///
/// Families are declared once; a value for one that isn't declared is dropped. Safe to use from every thread.
package final class MetricRegistry: Sendable {
    package enum Kind: Equatable, Sendable {
        case counter
        case gauge
        /// Upper bounds of the buckets in ascending order, without +Inf.
        case histogram(buckets: [Double])
    }

    private struct Series {
        var value = 0.0
        var bucketCounts: [UInt64] = []
        var count: UInt64 = 0
    }

    private struct Family {
        let help: String
        let kind: Kind
        let labelNames: [String]
        var series: [[String]: Series] = [:]
    }

    /// More label combinations than this share one series whose labels say `other`: labels come from requests.
    private static let maximumSeries = 100

    private let families = Mutex<[String: Family]>([:])

    package init() {}

    package func declare(_ name: String, _ kind: Kind, help: String, labels: [String] = []) {
        families.withLock { $0[name] = Family(help: help, kind: kind, labelNames: labels) }
    }

    /// Adds to a counter, creating its series at 0 when `amount` is 0. Negative amounts are ignored.
    package func increment(_ name: String, labels: [String] = [], by amount: Double = 1) {
        guard amount >= 0 else { return }
        update(name, labels) { series, _ in series.value += amount }
    }

    package func set(_ name: String, labels: [String] = [], to value: Double) {
        update(name, labels) { series, _ in series.value = value }
    }

    /// Records one observation of a histogram.
    package func observe(_ name: String, labels: [String] = [], _ value: Double) {
        update(name, labels) { series, kind in
            guard case .histogram(let buckets) = kind else { return }
            if series.bucketCounts.isEmpty { series.bucketCounts = Array(repeating: 0, count: buckets.count) }
            for (index, bound) in buckets.enumerated() where value <= bound { series.bucketCounts[index] += 1 }
            series.count += 1
            series.value += value
        }
    }

    private func update(_ name: String, _ labels: [String], _ change: (inout Series, Kind) -> Void) {
        families.withLock { families in
            guard var family = families[name], labels.count == family.labelNames.count else { return }
            var key = labels
            if family.series[key] == nil, family.series.count >= Self.maximumSeries {
                key = labels.map { _ in "other" }
            }
            change(&family.series[key, default: Series()], family.kind)
            families[name] = family
        }
    }

    /// The exposition: families and series in alphabetical order, `\n` at the end of every line.
    package func exposition() -> String {
        families.withLock { families in
            families.sorted { $0.key < $1.key }.map { Self.text($0.key, $0.value) }.joined()
        }
    }

    private static func text(_ name: String, _ family: Family) -> String {
        let kind =
            switch family.kind {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        var text = "# HELP \(name) \(escaped(family.help, quotes: false))\n# TYPE \(name) \(kind)\n"
        for (labels, series) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let pairs = zip(family.labelNames, labels).map { "\($0)=\"\(escaped($1, quotes: true))\"" }
            guard case .histogram(let buckets) = family.kind else {
                text += "\(name)\(braced(pairs)) \(number(series.value))\n"
                continue
            }
            for (index, bound) in buckets.enumerated() {
                let count = index < series.bucketCounts.count ? series.bucketCounts[index] : 0
                text += "\(name)_bucket\(braced(pairs + ["le=\"\(number(bound))\""])) \(count)\n"
            }
            text += "\(name)_bucket\(braced(pairs + ["le=\"+Inf\""])) \(series.count)\n"
            text += "\(name)_sum\(braced(pairs)) \(number(series.value))\n"
            text += "\(name)_count\(braced(pairs)) \(series.count)\n"
        }
        return text
    }

    private static func braced(_ pairs: [String]) -> String {
        pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    /// Escapes as the format asks: backslash and line feed, and the quote in label values.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += #"\\"#
            case "\n": result += #"\n"#
            case "\"" where quotes: result += #"\""#
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
