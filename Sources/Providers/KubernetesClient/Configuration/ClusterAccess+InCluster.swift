import Diagnostics
import Documents

#if canImport(Glibc)
    import Glibc
#endif

extension ClusterAccess {
    /// Where a pod finds its service account:
    /// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
    package static let serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The API server of the cluster that this process runs in; nil outside of a pod.
    ///
    /// - Throws: ``Diagnostic`` when the authority's certificate cannot be read.
    static func inCluster(
        environment: [String: String], mount: String
    ) throws(Diagnostic) -> ClusterAccess? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty,
            access("\(mount)/token", F_OK) == 0
        else { return nil }
        let authorities = try FileBytes.read(path: "\(mount)/ca.crt", maximumSize: 1 << 20)
        let namespace = try? FileBytes.read(path: "\(mount)/namespace", maximumSize: 1 << 10)
        let address = host.contains(":") ? "[\(host)]" : host
        let server = "https://\(address):\(port)"
        return ClusterAccess(
            context: "in-cluster", server: server, namespace: namespace.flatMap { TextFile.trimmed($0) },
            trust: ServerTrust(authorities: authorities, serverName: nil, isSkipped: false),
            clientCertificate: nil, credential: .tokenFile(path: "\(mount)/token", fallback: nil),
            impersonation: nil, proxy: nil, location: SourceLocation(file: SourceFile("KUBERNETES_SERVICE_HOST")),
            clusterInformation: Redacted(["server": .string(server)]))
    }
}
