import Diagnostics

/// Reads a flag that takes a whole number.
enum WholeNumber {
    /// - Parameter range: what the flag takes; its upper bound is not told when it is the largest number there is.
    /// - Throws: ``Diagnostic`` at the flag.
    static func read(_ text: String, _ flag: String, _ range: ClosedRange<Int>) throws(Diagnostic) -> Int {
        if let number = Int(text), range.contains(number) { return number }
        let bounds =
            range.upperBound == .max
            ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
        throw Diagnostic(
            .error, .invalidNumber, "`\(text)` is not a valid number",
            at: SourceLocation(file: SourceFile(flag)),
            why: "it takes a whole number, \(bounds)",
            fix: "write for example `\(flag) \(range.contains(3) ? 3 : range.lowerBound)`")
    }
}

extension Diagnostic.Code {
    static let invalidNumber = Self("usage.invalid-number")
}
