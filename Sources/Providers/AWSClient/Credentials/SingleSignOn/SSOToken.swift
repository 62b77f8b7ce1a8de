import Cryptography
import Diagnostics
import Documents

/// The token of `aws sso login` in the AWS CLI's cache, renewed where the login allows it.
///
/// Source of the rules: `SSOTokenProvider` in botocore's `tokens.py`, and its `SSOTokenLoader` for the file's name.
struct SSOToken: Sendable {
    private static let renewalWindow = 15.0 * 60

    let profile: SSOProfile
    let context: CredentialContext

    private var path: String {
        let name = SHA1Digest.hexadecimal(of: Array((profile.session ?? profile.startURL).utf8))
        return SharedFile.expanded("~/.aws/sso/cache/\(name).json", environment: context.environment)
    }

    /// A token that has not expired. One that was renewed is in the cache, for the AWS CLI as well.
    ///
    /// - Throws: ``Diagnostic`` that says how to log in.
    func accessToken() async throws -> Redacted<String> {
        guard SharedFile.isRegular(path) else {
            throw problem("nobody is logged in for the profile \(profile.profile)", why: "there is no file \(path)")
        }
        let cached = try TokenCacheFile.read(path)
        guard let token = cached["accessToken"]?.string,
            let expiration = cached["expiresAt"]?.string.flatMap(Timestamp.seconds)
        else {
            throw problem(
                "the SSO login of the profile \(profile.profile) cannot be read",
                why: "\(path) has no accessToken or expiresAt")
        }
        let left = Double(expiration) - context.now()
        if left < Self.renewalWindow, let renewed = try await renewed(cached) { return renewed }
        guard left > 0 else {
            throw problem(
                "the SSO login of the profile \(profile.profile) has expired",
                why: "its token ended at \(Timestamp.text(expiration))")
        }
        return Redacted(token)
    }

    /// Nil where the login cannot be renewed, or is not any more.
    private func renewed(_ cached: Node) async throws -> Redacted<String>? {
        guard profile.session != nil, let refresh = cached["refreshToken"]?.string,
            let clientID = cached["clientId"]?.string, let clientSecret = cached["clientSecret"]?.string,
            let registration = cached["registrationExpiresAt"],
            let registrationEnd = registration.string.flatMap(Timestamp.seconds),
            Double(registrationEnd) > context.now()
        else { return nil }
        let renewed: RenewedToken
        do {
            renewed = try await context.tokens.renewToken(
                Redacted(refresh), clientID: clientID, clientSecret: Redacted(clientSecret), region: profile.region)
        } catch is AWSError {
            return nil
        }
        var entry: Node = [
            "startUrl": .string(profile.startURL), "region": .string(profile.region),
            "accessToken": .string(renewed.accessToken.secret),
            "expiresAt": .string(Timestamp.text(Int(context.now()) + renewed.expiresIn)),
            "clientId": .string(clientID), "clientSecret": .string(clientSecret),
            "registrationExpiresAt": registration,
        ]
        if let refreshToken = renewed.refreshToken?.secret, var mapping = entry.mapping {
            mapping["refreshToken"] = .string(refreshToken)
            entry = .mapping(mapping)
        }
        // The token is good, kept or not: the next one who needs it logs in again.
        _ = TokenCacheFile.write(entry, to: path)
        return renewed.accessToken
    }

    func problem(_ what: String, why: String) -> Diagnostic {
        let command =
            profile.session.map { "aws sso login --sso-session \($0)" } ?? "aws sso login --profile \(profile.profile)"
        return Diagnostic(
            .error, .awsSSO, what, at: profile.location, why: why, fix: "run `\(command)`")
    }
}
