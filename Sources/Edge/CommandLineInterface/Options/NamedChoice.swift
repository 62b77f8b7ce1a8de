import ConfigurationManager
import Diagnostics
import ServiceModel

/// Reads a flag that takes one of a fixed set of names.
enum NamedChoice {
    /// - Throws: ``Diagnostic`` at the flag, with the names and the nearest of them.
    static func read<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ flag: String, _ code: Diagnostic.Code
    ) throws(Diagnostic) -> Value {
        if let value = Value(rawValue: text) { return value }
        let known = Value.allCases.map(\.rawValue)
        throw Diagnostic(
            .error, code, "`\(text)` is not known", at: SourceLocation(file: SourceFile(flag)),
            why: "it takes one of \(known.joined(separator: ", "))",
            fix: NearestNameHint.fix(for: text, among: known))
    }
}

extension Diagnostic.Code {
    static let unknownProvider = Self("service.unknown-provider")
    static let unknownEnvironment = Self("service.unknown-environment")
}
