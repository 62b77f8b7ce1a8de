package import Diagnostics

extension Diagnostic.Code {
    /// An expression or an interpolation that cannot be read.
    package static let templateSyntax = Self("template.syntax")
    /// An operator that is misspelt, lacks a part or got a value of the wrong kind.
    package static let templateOperator = Self("template.operator")
    /// An expression whose values do not fit its operators.
    package static let templateEvaluation = Self("template.evaluation")
    /// A name that neither the context nor a `$let` defines.
    package static let templateUndefinedName = Self("template.undefined-name")
    /// A function called with arguments that it does not take.
    package static let templateArguments = Self("template.arguments")
    /// A context that no expression could use.
    package static let templateContext = Self("template.context")
    /// A template or a value beyond what rendering bounds.
    package static let templateLimit = Self("template.limit")
}

/// A place of the template: where it is in its file, and the path that leads to it.
struct Place: Sendable {
    let location: SourceLocation
    /// As the reference implementation writes it: `template.foo[1]["a b"]`; steps into operators do
    /// not count.
    let path: String

    func error(
        _ code: Diagnostic.Code, _ what: String, why: String? = nil, fix: String? = nil, notes: [Diagnostic.Note] = []
    ) -> Diagnostic {
        completed(Diagnostic(.error, code, what, at: location, why: why, fix: fix, notes: notes))
    }

    /// The diagnostic with the path, and with this location when it has none of its own.
    func completed(_ diagnostic: Diagnostic) -> Diagnostic {
        var result = diagnostic
        if result.location == nil, location.isKnown { result.location = location }
        if path != Self.rootPath { result.notes.append(Diagnostic.Note("in `\(path)`")) }
        return result
    }

    static let rootPath = "template"
}
