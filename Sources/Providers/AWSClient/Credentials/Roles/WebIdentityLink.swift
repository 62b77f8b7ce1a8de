import Diagnostics
import Documents

/// A role for the bearer of a token in a file: what EKS gives the pods of a service account, and what a profile with
/// `web_identity_token_file` has.
struct WebIdentityLink: CredentialLink {
    let name = "web identity"
    let profile: String
    let section: INISection?
    let context: CredentialContext
    /// Whether variables stand before the profile's settings, one by one.
    let usesEnvironment: Bool

    func find() throws(Diagnostic) -> CredentialFinding {
        let file = try setting("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE")
        guard let file, !file.text.isEmpty else {
            let variable = usesEnvironment ? "AWS_WEB_IDENTITY_TOKEN_FILE is not set, and " : ""
            return .passedOver("\(variable)the profile \(profile) has no web_identity_token_file")
        }
        guard let role = try setting("role_arn", "AWS_ROLE_ARN"), !role.text.isEmpty else {
            throw Diagnostic(
                .error, .awsProfile, "there is a web identity token file and no role for it", at: file.location,
                fix: usesEnvironment ? "set AWS_ROLE_ARN, or `role_arn` in the profile" : "add `role_arn`")
        }
        return .found(
            WebIdentityRole(
                roleARN: role.text, sessionName: try setting("role_session_name", "AWS_ROLE_SESSION_NAME")?.text,
                tokenFile: file.text, tokenLocation: file.location, location: role.location, context: context))
    }

    private func setting(
        _ key: String, _ variable: String
    ) throws(Diagnostic) -> (text: String, location: SourceLocation)? {
        if usesEnvironment, let value = context.environment[variable] {
            return (value, SourceLocation(file: SourceFile(variable)))
        }
        guard let section, let text = try section.text(key) else { return nil }
        return (text, section.location(of: key))
    }
}

/// The sessions of a role for the bearer of a token. The file is read each time: whoever wrote it renews it.
struct WebIdentityRole: CredentialIssuer {
    let roleARN: String
    let sessionName: String?
    let tokenFile: String
    /// Where the file is named.
    let tokenLocation: SourceLocation
    let location: SourceLocation
    let context: CredentialContext

    private func readToken() throws(Diagnostic) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path: tokenFile, maximumSize: 1 << 20)
        } catch {
            throw Diagnostic(
                .error, .awsRole, "the web identity token file \(error.what)", at: tokenLocation, why: tokenFile,
                fix: "name the file that the token is written to, or unset what names it here")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let token = String(PythonSpace.stripped(text.unicodeScalars[...]))
        guard !token.isEmpty else {
            throw Diagnostic(
                .error, .awsRole, "the web identity token file is empty", at: tokenLocation, why: tokenFile,
                fix: "whatever renews it has not written it yet: wait, or look why it does not")
        }
        return token
    }

    func issue() async throws -> AWSCredentials {
        let token = try readToken()
        let request = RoleRequest(
            roleARN: roleARN, sessionName: sessionName ?? RoleRequest.defaultSessionName(context.now()))
        do {
            return try await context.tokens.assumeRole(request, webIdentity: Redacted(token))
                .credentials(source: "web identity: role \(roleARN)")
        } catch let refusal as AWSError {
            throw refusal.diagnostic(role: roleARN, at: location)
        }
    }
}
