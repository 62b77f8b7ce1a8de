import Diagnostics
import Documents
import KubernetesProvider
import ServiceModel

/// A field or an object whose drift does not count: `spec.replicas`, `Service/demo:spec.ports`, `Ingress/demo`.
enum IgnoredDrift {
    case object(String)
    case field(FieldOwnership.Choice)

    /// - Throws: ``Diagnostic`` when it is written in no such way.
    init(_ text: String) throws(Diagnostic) {
        let isObject = text.first?.isUppercase == true && text.contains("/") && !text.contains(":")
        self = isObject ? .object(text) : .field(try FieldOwnership.Choice(text, flag: "--ignore"))
    }

    /// The field; nil for an object.
    var choice: FieldOwnership.Choice? {
        if case .field(let choice) = self { choice } else { nil }
    }

    /// Where it is an object that is none of these.
    func warning(among names: [String]) -> Diagnostic? {
        guard case .object(let name) = self, !names.contains(name) else { return nil }
        return Diagnostic(
            .warning, .unmetChoice, "there is no object `\(name)`", at: SourceLocation(file: SourceFile("--ignore")),
            why: "so it decides nothing", fix: NearestName.find(name, among: names).map { "did you mean `\($0)`?" })
    }

    /// - Parameter field: nil asks of the object as a whole.
    func covers(_ field: FieldDrift?, of identity: Resource.Identity) -> Bool {
        switch self {
        case .object(let name): name == "\(identity.kind)/\(identity.name)"
        case .field(let choice): field.map { choice.covers($0.path, of: identity) } ?? false
        }
    }
}
