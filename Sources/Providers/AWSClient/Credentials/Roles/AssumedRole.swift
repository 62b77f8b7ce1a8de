import Diagnostics

/// The sessions of a role that a profile assumes.
actor AssumedRole: CredentialIssuer {
    private let role: RoleProfile
    private let source: CachedCredentials
    private let context: CredentialContext
    /// Of a role with a device: a person is asked once for each session, not for each command.
    private let kept: RoleSessionCache?
    private var last: SessionKeys?
    private var hasAskedForCode = false

    init(role: RoleProfile, source: CachedCredentials, context: CredentialContext) {
        self.role = role
        self.source = source
        self.context = context
        kept = role.mfaSerial == nil ? nil : RoleSessionCache(role, environment: context.environment)
    }

    func issue() async throws -> AWSCredentials {
        // The same once more would be no renewal.
        if let session = kept?.session(now: context.now()), session != last {
            last = session
            return credentials(session)
        }
        let session = try await assume()
        last = session
        kept?.keep(session)
        return credentials(session)
    }

    private func credentials(_ session: SessionKeys) -> AWSCredentials {
        session.credentials(source: "profile \"\(role.profile)\": role \(role.roleARN)")
    }

    private func assume() async throws -> SessionKeys {
        var request = RoleRequest(
            roleARN: role.roleARN, sessionName: role.sessionName ?? RoleRequest.defaultSessionName(context.now()))
        request.externalID = role.externalID
        request.duration = role.duration
        if let serial = role.mfaSerial {
            request.mfaSerial = serial
            request.mfaCode = try await code(serial)
        }
        do {
            return try await context.tokens.assumeRole(request, as: source)
        } catch let refusal as AWSError {
            throw refusal.diagnostic(role: role.roleARN, at: role.location)
        }
    }

    /// Asked for once: nobody expects to be asked in the middle of something that runs for hours.
    private func code(_ serial: String) async throws -> Redacted<String> {
        guard let ask = context.askMFACode else {
            throw Diagnostic(
                .error, .awsMFA, "the role of the profile \(role.profile) wants a code of the MFA device \(serial)",
                at: role.location, why: "standard input is no terminal: nobody can be asked",
                fix: "run it at a terminal, or use a profile without `mfa_serial`")
        }
        guard !hasAskedForCode else {
            throw Diagnostic(
                .error, .awsMFA, "the session of the role of the profile \(role.profile) ends", at: role.location,
                why: "a new one wants another code of the MFA device \(serial)",
                fix: "run the command again, or allow longer sessions with `duration_seconds`")
        }
        let code = try await ask(serial)
        hasAskedForCode = true
        return code
    }
}

extension RoleRequest {
    /// Tells the sessions of this program apart in CloudTrail.
    static func defaultSessionName(_ now: Double) -> String { "synthdata-infra-\(Int(now))" }
}

extension AWSError {
    func diagnostic(role: String, at location: SourceLocation?) -> Diagnostic {
        let fix =
            switch code {
            case _ where isAccessDenied:
                "allow sts:AssumeRole on it to the identity that assumes it, and trust that identity in the role"
            case "ExpiredTokenException", "ExpiredToken": "renew the credentials or the token that it is assumed with"
            case "RegionDisabledException": "activate STS in that region, or use another"
            default:
                credentialsFix ?? "check the role's ARN, its trust policy and the settings of the profile"
            }
        return Diagnostic(
            .error, .awsRole, "the role \(role) cannot be assumed", at: location, why: reason, fix: fix)
    }
}
