/// The flags that a hint's command needs to find what it is about: without them it looks on this machine.
package enum CommandFlags {
    /// ` --provider onprem --namespace team-a`; nothing for this machine.
    ///
    /// - Parameter namespace: nil where the command is about all of them.
    package static func place(_ kind: ProviderKind, namespace: String? = nil) -> String {
        guard kind != .local else { return "" }
        return " --provider \(kind.rawValue)\(namespace.map { " --namespace \($0)" } ?? "")"
    }

    /// ` demo --provider onprem --namespace team-a`
    package static func naming(_ service: ServiceIdentity, at kind: ProviderKind) -> String {
        " \(service.name)\(place(kind, namespace: service.namespace))"
    }
}
