import Diagnostics
import Documents

extension Renderer {
    mutating func call(
        _ function: FunctionValue, _ call: FunctionCall, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        switch function.body {
        case .custom(let body): return try custom(body, function.name, call)
        case .builtin(let builtin):
            try call.check(builtin)
            return try result(of: builtin, call, in: scope).located(at: call.origin)
        }
    }

    private func custom(
        _ body: Context.Function, _ name: String, _ call: FunctionCall
    ) throws(Diagnostic) -> Value {
        let arguments = call.arguments.compactMap(\.node)
        guard arguments.count == call.arguments.count else {
            throw call.problem(name, why: "it takes no functions")
        }
        do {
            return Value.node(try body(arguments)).located(at: call.origin)
        } catch var problem as Diagnostic {
            if problem.location == nil, call.location.isKnown { problem.location = call.location }
            throw problem
        } catch {
            throw Diagnostic(.error, .templateEvaluation, "\(name): \(error)", at: call.location)
        }
    }

    private mutating func result(
        of builtin: Builtin, _ call: FunctionCall, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        let first = call.arguments[0]
        switch builtin {
        case .min: return call.arguments.dropFirst().reduce(first) { $1.precedes($0) ? $1 : $0 }
        case .max: return call.arguments.dropFirst().reduce(first) { $0.precedes($1) ? $1 : $0 }
        case .sqrt, .ceil, .floor, .abs: return .node(Node(.number(rounded(builtin, first.node?.number ?? Number(0)))))
        case .range: return try range(call)
        case .len: return .node(.integer(first.indexed?.count ?? 0))
        case .typeof: return .node(.string(first.typeName))
        case .str: return .node(.string(first.node?.isNull == true ? "null" : first.text ?? ""))
        case .join: return try join(call)
        default: break
        }
        let text = first.node?.string ?? ""
        switch builtin {
        case .lowercase: return .node(.string(text.lowercased()))
        case .uppercase: return .node(.string(text.uppercased()))
        case .number: return try number(text, call)
        case .strip: return .node(.string(text.stripped(start: true, end: true)))
        case .lstrip: return .node(.string(text.stripped(start: true, end: false)))
        case .rstrip: return .node(.string(text.stripped(start: false, end: true)))
        case .defined: return .node(.bool(isDefined(text, in: scope)))
        case .fromNow:
            let reference = call.arguments.count > 1 ? call.arguments[1] : nil
            do {
                return .node(.string(try time(text, from: reference, in: scope)))
            } catch {
                throw Diagnostic(
                    .error, .templateArguments, error.what, at: call.location, why: error.why, fix: error.fix,
                    notes: error.notes)
            }
        default:
            let parts = text.parts(between: call.arguments[1].text ?? "")
            return .node(.sequence(parts.map { .string($0, at: call.innerLocation) }))
        }
    }

    private func rounded(_ builtin: Builtin, _ number: Number) -> Number {
        if builtin != .sqrt, number.isInteger { return builtin == .abs && number.double < 0 ? -number : number }
        let value = number.double
        return switch builtin {
        case .sqrt: Number(value.squareRoot())
        case .ceil: Number(value.rounded(.up))
        case .floor: Number(value.rounded(.down))
        default: Number(Swift.abs(value))
        }
    }

    private func range(_ call: FunctionCall) throws(Diagnostic) -> Value {
        let bounds = call.arguments.map { $0.node?.integer }
        guard let start = bounds[0], let stop = bounds[1], let step = bounds.count > 2 ? bounds[2] : 1, step != 0 else {
            throw call.problem("range", why: "its arguments are integers, and the step is not 0")
        }
        var items: [Node] = []
        var value = start
        while step > 0 ? value < stop : value > stop {
            guard items.count < RenderLimits.rangeItems else {
                throw Diagnostic(
                    .error, .templateLimit, "range has more than \(RenderLimits.rangeItems) items", at: call.location)
            }
            items.append(.integer(value, at: call.innerLocation))
            let (next, overflow) = value.addingReportingOverflow(step)
            if overflow { break }
            value = next
        }
        return .node(.sequence(items))
    }

    /// Decimal digits with an optional sign, fraction and exponent, and white space around them.
    private func number(_ text: String, _ call: FunctionCall) throws(Diagnostic) -> Value {
        let digits = text.stripped(start: true, end: true)
        if let integer = Int(digits) { return .node(.integer(integer)) }
        let isDecimal = digits.utf8.allSatisfy { Tokenizer.isDigit($0) || "+-.eE".utf8.contains($0) }
        guard isDecimal, let value = Double(digits), value.isFinite else {
            throw call.problem("number", why: "`\(text)` is no decimal number", at: call.arguments[0])
        }
        return .node(.number(value))
    }

    private func join(_ call: FunctionCall) throws(Diagnostic) -> Value {
        let separator = call.arguments[1].text ?? ""
        var result = ""
        for (position, item) in (call.arguments[0].items ?? []).enumerated() {
            guard let text = item.text else {
                throw call.problem("join", why: "item \(position) is \(item.kind)", at: item)
            }
            if position > 0 { result += separator }
            result += text
            guard result.utf8.count <= RenderLimits.textBytes else {
                throw Renderer.tooLongText()
            }
        }
        return .node(.string(result))
    }
}
