import Diagnostics

/// Keys in environment variables
/// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html).
struct EnvironmentKeys: CredentialLink {
    let name = "environment variables"
    let context: CredentialContext

    func find() throws(Diagnostic) -> CredentialFinding {
        guard let accessKeyID = context.variable("AWS_ACCESS_KEY_ID") else {
            return .passedOver("AWS_ACCESS_KEY_ID is not set")
        }
        guard let secret = context.variable("AWS_SECRET_ACCESS_KEY") else {
            throw Diagnostic(
                .error, .awsIncompleteKeys, "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY",
                fix: "set both, or unset AWS_ACCESS_KEY_ID")
        }
        let token = context.variable("AWS_SECURITY_TOKEN") ?? context.variable("AWS_SESSION_TOKEN")
        let credentials = AWSCredentials(
            accessKeyID: accessKeyID, secretAccessKey: Redacted(secret), sessionToken: token.map(Redacted.init),
            expiration: try expiration(), source: name)
        return .found(FixedCredentials(credentials: credentials), first: try usable(credentials))
    }

    private func expiration() throws(Diagnostic) -> Int? {
        guard let text = context.variable("AWS_CREDENTIAL_EXPIRATION") else { return nil }
        guard let seconds = Timestamp.seconds(text) else {
            throw Diagnostic(
                .error, .awsIncompleteKeys, "AWS_CREDENTIAL_EXPIRATION is not a time: `\(text)`",
                fix: "write it as 2026-01-31T12:00:00Z, or unset it")
        }
        return seconds
    }

    /// Nobody can renew what the environment of a process holds.
    private func usable(_ credentials: AWSCredentials) throws(Diagnostic) -> AWSCredentials {
        if let expiration = credentials.expiration, Double(expiration) <= context.now() {
            throw Diagnostic(
                .error, .awsExpired, "the AWS credentials in the environment variables have expired",
                why: "AWS_CREDENTIAL_EXPIRATION is \(Timestamp.text(expiration))",
                fix: "export new ones, or unset them to use a profile")
        }
        return credentials
    }
}
