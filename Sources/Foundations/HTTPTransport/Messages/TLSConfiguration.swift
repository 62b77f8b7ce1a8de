package import Diagnostics

/// How a server proves who it is, and how a client does. TLS 1.2 is the least that is spoken.
package struct TLSConfiguration: Sendable, Hashable {
    /// Authorities to trust instead of the system's, PEM. Nil for the system's.
    package var authorities: [UInt8]?
    package var clientCertificate: ClientCertificate?
    /// The name that the server's certificate must have, and that is asked for (SNI), where it is not the URL's host.
    package var serverName: String?
    /// Accepts any certificate. The connection is then open to whoever is in between.
    package var acceptsAnyCertificate: Bool

    package struct ClientCertificate: Sendable, Hashable {
        /// The chain, PEM.
        package var certificate: [UInt8]
        /// The key, PEM, not encrypted.
        package var key: Redacted<[UInt8]>

        package init(certificate: [UInt8], key: Redacted<[UInt8]>) {
            self.certificate = certificate
            self.key = key
        }
    }

    package init(
        authorities: [UInt8]? = nil, clientCertificate: ClientCertificate? = nil, serverName: String? = nil,
        acceptsAnyCertificate: Bool = false
    ) {
        self.authorities = authorities
        self.clientCertificate = clientCertificate
        self.serverName = serverName
        self.acceptsAnyCertificate = acceptsAnyCertificate
    }
}

extension TLSConfiguration: CustomStringConvertible {
    /// Without the key.
    package var description: String {
        "TLS(authorities: \(authorities == nil ? "system" : "own"), client certificate: \(clientCertificate != nil))"
    }
}
