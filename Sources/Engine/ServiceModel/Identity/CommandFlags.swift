/// The flags that a hint's command needs to find what it is about: without them it looks on this machine.
package enum CommandFlags {
    /// ` --provider aws --region eu-west-1 --cluster blue --namespace team-a`; nothing for this machine.
    ///
    /// - Parameters:
    ///   - cloud: the cluster at a cloud, which not every project's layers name; nil elsewhere, and for commands that
    ///     read the service's own configuration.
    ///   - namespace: nil where the command is about all of them.
    package static func place(_ kind: ProviderKind, in cloud: CloudPlace?, namespace: String? = nil) -> String {
        guard kind != .local else { return "" }
        var flags = " --provider \(kind.rawValue)"
        for key in ["region", "cluster"] {
            if let value = cloud?[key] { flags += " --\(key) \(value)" }
        }
        if let namespace { flags += " --namespace \(namespace)" }
        return flags
    }

    /// ` demo --provider onprem --namespace team-a`
    package static func naming(_ service: ServiceIdentity, at kind: ProviderKind, in cloud: CloudPlace?) -> String {
        " \(service.name)\(place(kind, in: cloud, namespace: service.namespace))"
    }
}
