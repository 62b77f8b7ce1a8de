import Cryptography
import Diagnostics
import Documents

/// The session that `aws login` began, for as long as it lasts
/// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html).
///
/// Renewing it is left to the AWS CLI, which holds the key that this takes.
struct LoginLink: CredentialLink {
    let name = "aws login"
    let profile: String
    let section: INISection?
    let context: CredentialContext

    func find() throws(Diagnostic) -> CredentialFinding {
        guard let section, let session = try section.text("login_session") else {
            return .passedOver("the profile \(profile) has no login_session")
        }
        return .found(
            LoginSession(
                session: session, profile: profile, location: section.location(of: "login_session"), context: context))
    }
}

/// The credentials in the cache of `aws login`, which another run of it may have renewed.
struct LoginSession: CredentialIssuer {
    let session: String
    let profile: String
    let location: SourceLocation
    let context: CredentialContext

    func issue() throws -> AWSCredentials {
        let folder = context.environment["AWS_LOGIN_CACHE_DIRECTORY"] ?? "~/.aws/login/cache"
        let name = SHA256Digest.hexadecimal(of: Array(session.utf8))
        let path = SharedFile.expanded("\(folder)/\(name).json", environment: context.environment)
        guard SharedFile.isRegular(path) else { throw problem("there is no session", why: "there is no file \(path)") }
        let token = try TokenCacheFile.read(path)["accessToken"]
        guard let identifier = token?["accessKeyId"]?.string, let secret = token?["secretAccessKey"]?.string,
            let sessionToken = token?["sessionToken"]?.string,
            let expiration = token?["expiresAt"]?.string.flatMap(Timestamp.seconds)
        else { throw problem("the session cannot be read", why: "\(path) lacks a part of it") }
        guard Double(expiration) > context.now() else {
            throw problem("the session has expired", why: "it ended at \(Timestamp.text(expiration))")
        }
        return AWSCredentials(
            accessKeyID: identifier, secretAccessKey: Redacted(secret), sessionToken: Redacted(sessionToken),
            expiration: expiration, source: "profile \"\(profile)\": aws login")
    }

    private func problem(_ what: String, why: String) -> Diagnostic {
        Diagnostic(
            .error, .awsLogin, "\(what) of `aws login` for the profile \(profile)", at: location, why: why,
            fix: "run `aws login --profile \(profile)`")
    }
}
