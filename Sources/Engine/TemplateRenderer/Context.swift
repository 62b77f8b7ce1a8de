package import Diagnostics
package import Documents

/// What a template's expressions can name: values, and functions that the caller adds.
///
/// A value hides a function of the same name, and both hide the language's own.
package struct Context: Sendable {
    /// Takes the call's arguments. What it throws is told at the call's place; a value that it returns
    /// without a location takes the first argument's.
    package typealias Function = @Sendable ([Node]) throws -> Node

    let values: Mapping
    private let functions: [String: Function]

    /// - Throws: ``Diagnostic`` when a name is not a letter or `_`, then letters, digits or `_`.
    package init(_ values: Mapping = Mapping(), functions: [String: Function] = [:]) throws(Diagnostic) {
        for entry in values.entries where !Self.isName(entry.key) {
            throw Self.invalidName(entry.key, of: "context", at: entry.keyLocation)
        }
        for name in functions.keys.sorted() where !Self.isName(name) {
            throw Self.invalidName(name, of: "context", at: .unknown)
        }
        self.values = values
        self.functions = functions
    }

    static func invalidName(_ name: String, of holder: String, at location: SourceLocation) -> Diagnostic {
        Diagnostic(
            .error, .templateContext, "top level keys of \(holder) must follow /[a-zA-Z_][a-zA-Z0-9_]*/", at: location,
            why: "an expression could not name `\(name)`")
    }

    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, Tokenizer.startsName(first) else { return false }
        return text.utf8.allSatisfy(Tokenizer.continuesName)
    }

    /// The function called `name`: the caller's, else the language's.
    func function(_ name: String) -> FunctionValue? {
        if let function = functions[name] { return FunctionValue(name: name, body: .custom(function)) }
        return Builtin(rawValue: name).map { FunctionValue(name: name, body: .builtin($0)) }
    }

    var names: [String] {
        values.keys + ["now"] + functions.keys + Builtin.allCases.map(\.rawValue)
    }
}
