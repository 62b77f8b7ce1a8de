package import Diagnostics
import Documents
import ServiceModel
import TemplateRenderer

/// What templates can compute beyond JSON-e: units into numbers, and values into text.
///
/// A value that is not set has no number either: null stays null.
enum TemplateFunctions {
    static let all: [String: Context.Function] = [
        "milliseconds": number { TimeSpan($0)?.milliseconds },
        "seconds": number { TimeSpan($0)?.seconds },
        "bytes": number { Quantity($0)?.units },
        "millicores": number { Quantity($0)?.milli },
        "per_hour": { arguments in
            guard let text = arguments.first?.string, let rate = Rate(text) else { throw unreadable(arguments) }
            return .number(rate.perHour)
        },
        "bandwidth_quantity": { arguments in
            if arguments.first?.isNull == true { return .null }
            guard let text = arguments.first?.string, let bandwidth = Bandwidth(text) else {
                throw unreadable(arguments)
            }
            return .string(bandwidth.quantity)
        },
        "percent": number { $0.hasSuffix("%") ? Int($0.dropLast()) : nil },
        "json": { arguments in
            .string(JSONEmitter.emit(arguments.first ?? .null, .init(pretty: true)) + "\n")
        },
    ]

    private static func number(_ read: @escaping @Sendable (String) -> Int?) -> Context.Function {
        { arguments in
            if arguments.first?.isNull == true { return .null }
            guard let text = arguments.first?.string, let value = read(text) else { throw unreadable(arguments) }
            return .integer(value)
        }
    }

    private static func unreadable(_ arguments: [Node]) -> Diagnostic {
        Diagnostic(
            .error, .templateArgument, "`\(arguments.first?.kind ?? "nothing")` is not a value with that unit",
            at: arguments.first?.location)
    }
}

extension Diagnostic.Code {
    package static let templateArgument = Self("template.argument")
}
