package import Diagnostics
import Documents
package import HTTPTransport

/// How to reach one cluster, and as whom: what a context of a kubeconfig file comes to.
package struct ClusterAccess: Sendable {
    /// The context's name; `in-cluster` inside a pod.
    package let context: String
    /// `https://host:port/base`, without a slash at the end.
    package let server: String
    /// The context's namespace; nil where it names none.
    package let namespace: String?
    package let trust: ServerTrust
    /// Nil where the user has none.
    package let clientCertificate: TLSConfiguration.ClientCertificate?
    package let credential: CredentialSource
    package let impersonation: Impersonation?
    /// Of the cluster's entry; nil means what the environment says.
    package let proxy: ProxyAddress?
    /// Where the server is configured: diagnostics about the connection name it.
    package let location: SourceLocation
    /// What a credential plugin that asks for it is told of the cluster.
    /// Redacted for the proxy's password.
    let clusterInformation: Redacted<Node>
    /// Where the parts of it are configured; nil inside a pod.
    var places: ConnectionPlaces?
}

extension ClusterAccess {
    /// A cluster that was found in another way than by a kubeconfig, as a cloud tells of it.
    ///
    /// - Parameters:
    ///   - context: what messages call it.
    ///   - server: `https://host:port/base`, without a slash at the end.
    ///   - authorities: PEM; nil means the system's.
    ///   - serverName: the name to expect in the server's certificate; nil means the host's.
    ///   - location: where the cluster is configured.
    package init(
        context: String, server: String, authorities: [UInt8]?, serverName: String?, token: MintedToken,
        location: SourceLocation
    ) {
        self.init(
            context: context, server: server, namespace: nil,
            trust: ServerTrust(authorities: authorities, serverName: serverName, isSkipped: false),
            clientCertificate: nil, credential: .minted(token), impersonation: nil, proxy: nil, location: location,
            clusterInformation: Redacted(["server": .string(server)]))
    }
}

/// Whom to trust as the server.
package struct ServerTrust: Sendable {
    /// PEM; nil means the system's authorities.
    package let authorities: [UInt8]?
    /// The name to expect in the server's certificate; nil means the host's.
    package let serverName: String?
    package let isSkipped: Bool
}

/// Acting for somebody else, by the headers `Impersonate-*`:
/// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
package struct Impersonation: Sendable {
    package let user: String
    package let uid: String?
    package let groups: [String]
    package let extra: [(key: String, values: [String])]
}

/// Where the `Authorization` header of a request comes from.
package enum CredentialSource: Sendable {
    case none
    case token(Redacted<String>)
    /// A file that something else renews; `fallback` is used while it cannot be read.
    case tokenFile(path: String, fallback: Redacted<String>?)
    case basic(user: String, password: Redacted<String>)
    case plugin(CredentialPlugin)
    case minted(MintedToken)
}

/// A bearer token that this process makes itself, and makes anew before it expires.
package struct MintedToken: Sendable {
    /// The token, and when it expires in seconds since 1970.
    let mint: @Sendable () async throws(Diagnostic) -> (token: Redacted<String>, expiry: Double)

    package init(
        _ mint: @escaping @Sendable () async throws(Diagnostic) -> (token: Redacted<String>, expiry: Double)
    ) {
        self.mint = mint
    }
}
