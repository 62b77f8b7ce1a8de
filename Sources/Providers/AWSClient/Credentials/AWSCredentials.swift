package import Diagnostics

/// Keys that sign requests. `Sendable`, prints no secret.
package struct AWSCredentials: Sendable, Hashable {
    package let accessKeyID: String
    package let secretAccessKey: Redacted<String>
    package let sessionToken: Redacted<String>?
    /// Seconds since 1970; nil for keys that do not expire.
    package let expiration: Int?
    /// Where they came from, in words: `environment variables`, `profile "dev": role arn:aws:iam::1:role/x`.
    package let source: String

    package init(
        accessKeyID: String, secretAccessKey: Redacted<String>, sessionToken: Redacted<String>? = nil,
        expiration: Int? = nil, source: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.source = source
    }
}
