/// Reads Prometheus' text format (exposition format 0.0.4), as far as a sum needs it.
package enum PrometheusText {
    /// The sum of all samples of a metric, whatever their labels; nil when there is none.
    package static func sum(of metric: String, in text: String) -> Double? {
        var sum: Double?
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(metric) {
            var rest = line.dropFirst(metric.count)
            if rest.first == "{" {
                guard let end = labelsEnd(rest) else { continue }
                rest = rest[rest.index(after: end)...]
            } else if rest.first?.isWhitespace != true {
                // A longer name that starts alike.
                continue
            }
            guard let number = rest.split(whereSeparator: \.isWhitespace).first, let value = Double(number),
                value.isFinite
            else { continue }
            sum = (sum ?? 0) + value
        }
        return sum
    }

    /// The closing brace; one inside a quoted value does not count.
    private static func labelsEnd(_ text: Substring) -> Substring.Index? {
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == "}", !isQuoted {
                return index
            }
        }
        return nil
    }
}
