import Diagnostics

extension ClusterAccess {
    /// The access that was chosen: a context of the kubeconfig files; without any, inside a pod, its service account.
    ///
    /// - Parameters:
    ///   - kubeconfig: of the flag `--kubeconfig`.
    ///   - context: of the flag `--context`.
    ///   - mount: where a pod has its service account.
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport``.
    package static func find(
        kubeconfig path: String?, context: String?, environment: [String: String],
        mount: String = ClusterAccess.serviceAccount
    ) throws -> ClusterAccess {
        let kubeconfig = try Kubeconfig.load(path: path, environment: environment)
        if kubeconfig.isEmpty, path == nil, context == nil,
            let inside = try inCluster(environment: environment, mount: mount)
        {
            return inside
        }
        return try kubeconfig.access(context: context)
    }
}
