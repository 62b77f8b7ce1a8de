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

    /// - Parameter field: nil asks of the object as a whole.
    func covers(_ field: FieldDrift?, of identity: Resource.Identity) -> Bool {
        switch self {
        case .object(let name): name == "\(identity.kind)/\(identity.name)"
        case .field(let choice): field.map { choice.covers($0.path, of: identity) } ?? false
        }
    }
}
