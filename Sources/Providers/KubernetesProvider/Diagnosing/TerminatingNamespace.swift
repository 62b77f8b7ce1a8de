import Diagnostics
import Documents
import KubernetesClient

/// A namespace that is being deleted: nothing can be made in it any more.
///
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
enum TerminatingNamespace {
    private static let cause = "NamespaceTerminating"

    /// Whether the server has refused to make something for that reason.
    static func refuses(_ status: APIStatus) -> Bool {
        status.code == 403
            && (status.causes.contains { $0.reason == cause } || status.message.contains("it is being terminated"))
    }

    /// - Parameters:
    ///   - namespace: as the server has it, with what keeps it.
    ///   - manifest: as it is desired.
    static func problem(_ namespace: Node, at manifest: Node) -> Diagnostic {
        let rest = (namespace.value("status", "conditions")?.sequence ?? []).filter { condition in
            condition["status"]?.string == "True" && condition["message"]?.string != nil
        }
        return problem(
            "`\(namespace.objectName)`", why: rest.compactMap { $0["message"]?.string }.joined(separator: "; "),
            at: (manifest.value("metadata", "name") ?? manifest).location)
    }

    static func problem(_ status: APIStatus) -> Diagnostic {
        problem("of the service", why: status.message, at: nil)
    }

    private static func problem(_ name: String, why: String, at location: SourceLocation?) -> Diagnostic {
        Diagnostic(
            .error, .namespaceTerminating, "the namespace \(name) is being deleted", at: location,
            why: why.isEmpty ? "nothing can be made in it any more" : why,
            fix: "deploy again once it is gone, or to another one; whoever set a finalizer that stays has to remove it")
    }
}

extension Diagnostic.Code {
    static let namespaceTerminating = Self("kubernetes.namespace-terminating", .failed)
}
