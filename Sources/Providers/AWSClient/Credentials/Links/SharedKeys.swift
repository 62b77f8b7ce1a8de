import Diagnostics

/// Long-lived keys in a shared file: `aws_access_key_id`, `aws_secret_access_key` and, for copied sessions,
/// `aws_session_token`.
struct SharedKeys: CredentialLink {
    let name: String
    let profile: String
    let file: SharedFile
    /// The profile's section in that file alone.
    let section: INISection?

    func find() throws(Diagnostic) -> CredentialFinding {
        guard file.sections != nil else { return .passedOver(file.absence) }
        guard let section else { return .passedOver("\(file.path) has no profile \(profile)") }
        guard section.has("aws_access_key_id") else {
            return .passedOver("[\(section.title)] in \(file.path) has no aws_access_key_id")
        }
        let keys = try KeyPair.read(section)
        let hasOldName = section.has("aws_security_token")
        let token = try section.text(hasOldName ? "aws_security_token" : "aws_session_token")
        return .found(
            FixedCredentials(
                credentials: AWSCredentials(
                    accessKeyID: keys.identifier, secretAccessKey: keys.secret,
                    sessionToken: token.flatMap { $0.isEmpty ? nil : Redacted($0) },
                    source: "profile \"\(profile)\": keys in \(file.path)")))
    }
}

/// An access key and its secret, as files have them.
struct KeyPair {
    let identifier: String
    let secret: Redacted<String>

    /// - Throws: ``Diagnostic`` at the key whose other half is missing.
    static func read(_ section: INISection) throws(Diagnostic) -> KeyPair {
        func value(_ key: String) throws(Diagnostic) -> String {
            guard let text = try section.text(key) else {
                throw Diagnostic(
                    .error, .awsIncompleteKeys, "[\(section.title)] has aws_access_key_id without \(key)",
                    at: section.location(of: "aws_access_key_id"), fix: "add `\(key) = …`, or remove both")
            }
            guard !text.isEmpty else {
                throw Diagnostic(
                    .error, .awsIncompleteKeys, "`\(key)` of [\(section.title)] is empty",
                    at: section.location(of: key), fix: "write its value, or remove both keys")
            }
            return text
        }
        return KeyPair(
            identifier: try value("aws_access_key_id"), secret: Redacted(try value("aws_secret_access_key")))
    }
}
