package import Diagnostics
import Documents
import FoundationEssentials
import HTTPTransport

/// What a credential plugin answered: an `ExecCredential` with a status.
struct IssuedCredential: Sendable {
    let token: Redacted<String>?
    let certificate: TLSConfiguration.ClientCertificate?
    /// Seconds since 1970; nil where it lasts as long as the process.
    let expiry: Double?

    /// Reads the plugin's standard output.
    ///
    /// - Throws: ``Diagnostic`` without any part of the output, which may hold the credential.
    init(_ output: [UInt8], of plugin: CredentialPlugin) throws(Diagnostic) {
        func problem(_ why: String) -> Diagnostic {
            Diagnostic(
                .error, .credentialPlugin, "the credential plugin `\(plugin.command)` answered something else",
                at: plugin.location, why: why, fix: "run it by hand, or update it")
        }
        guard let answer = try? JSONParser.parse(output, file: SourceFile(plugin.command)) else {
            throw problem("its output is not JSON")
        }
        guard answer["kind"]?.string == "ExecCredential" else { throw problem("its output is not an ExecCredential") }
        guard answer["apiVersion"]?.string == plugin.apiVersion else {
            throw problem(
                "it speaks \(answer["apiVersion"]?.string ?? "no version"), and the kubeconfig \(plugin.apiVersion)")
        }
        let status = answer["status"]
        token = status?["token"]?.string.flatMap { $0.isEmpty ? nil : Redacted($0) }
        switch (status?["clientCertificateData"]?.string, status?["clientKeyData"]?.string) {
        case (let certificate?, let key?):
            self.certificate = .init(certificate: Array(certificate.utf8), key: Redacted(Array(key.utf8)))
        case (nil, nil): certificate = nil
        default: throw problem("it gave a certificate or a key without the other")
        }
        guard token != nil || certificate != nil else { throw problem("it gave neither a token nor a certificate") }
        guard let written = status?["expirationTimestamp"]?.string else {
            expiry = nil
            return
        }
        guard let date = try? Date(written, strategy: .iso8601) else {
            throw problem("its expirationTimestamp is not a time of RFC 3339")
        }
        expiry = date.timeIntervalSince1970
    }
}

extension Diagnostic.Code {
    package static let credentialPlugin = Self("kubernetes.credential-plugin", .denied)
}
