import Diagnostics
import Documents

/// A call with its evaluated arguments.
struct FunctionCall {
    let arguments: [Value]
    /// Where the call's parenthesis stands.
    let location: SourceLocation

    /// Where the result is from: the first argument whose location is known, else unknown.
    var origin: SourceLocation { arguments.firstKnownLocation }

    /// The location of values inside the result.
    var innerLocation: SourceLocation { origin.isKnown ? origin : location }

    func problem(_ function: String, why: String?, detail: String = "", at argument: Value? = nil) -> Diagnostic {
        var notes: [Diagnostic.Note] = []
        if let argument, argument.location.isKnown {
            notes = [Diagnostic.Note("the argument is from here", at: argument.location)]
        }
        return Diagnostic(
            .error, .templateArguments, "invalid arguments to builtin: \(function)\(detail)", at: location, why: why,
            notes: notes)
    }

    /// Checks number and kinds of the arguments.
    func check(_ builtin: Builtin) throws(Diagnostic) {
        let arity = builtin.arity
        guard arity.contains(arguments.count) else {
            let isVariadic = arity.lowerBound != arity.upperBound
            let detail =
                isVariadic && arguments.count < arity.lowerBound
                ? ": expected at least \(arity.lowerBound) arguments" : ""
            let expected = isVariadic ? "\(arity.lowerBound) or more" : "\(arity.lowerBound)"
            throw problem(
                builtin.rawValue, why: "it takes \(expected), not \(arguments.count)", detail: detail)
        }
        let parameters = builtin.parameters
        for (position, argument) in arguments.enumerated() {
            let kinds = parameters[Swift.min(position, parameters.count - 1)]
            guard kinds.contains(argument.typeName) else {
                throw problem(
                    builtin.rawValue,
                    why: "argument \(position + 1) is \(argument.kind), not \(kinds.joined(separator: " or "))",
                    at: argument)
            }
        }
    }
}
