import Diagnostics

/// Goes through the places where credentials can come from, in the order of botocore's `create_credential_resolver`,
/// and stays with the first that is set up.
package actor CredentialChain: CredentialIssuer {
    private let context: CredentialContext
    private let explicitProfile: String?
    private var chosen: (any CredentialIssuer)?

    /// - Parameter explicitProfile: named by the caller: then keys of the environment are not looked at. Nil for the
    ///   profile that the environment names, else `default`.
    package init(_ context: CredentialContext, explicitProfile: String? = nil) {
        self.context = context
        self.explicitProfile = explicitProfile
    }

    /// The chain behind a cache, as it is used.
    package static func cached(_ context: CredentialContext, explicitProfile: String? = nil) -> CachedCredentials {
        context.cached(CredentialChain(context, explicitProfile: explicitProfile))
    }

    /// - Throws: ``Diagnostic``: of the place that is set up wrongly or cannot be asked; with code
    ///   `aws.no-credentials` and the reason of each place when none is set up.
    package func issue() async throws -> AWSCredentials {
        if let chosen { return try await chosen.issue() }
        let settings = try ProfileSettings(explicitProfile: explicitProfile, environment: context.environment)
        let links = CredentialOrder(context, settings).links()
        var tried: [String] = []
        for link in links {
            switch try await link.find() {
            case .passedOver(let reason): tried.append("\(link.name): \(reason)")
            case .found(let issuer, let first):
                let credentials: AWSCredentials
                if let first { credentials = first } else { credentials = try await issuer.issue() }
                chosen = issuer
                return credentials
            }
        }
        throw Self.noCredentials(tried, settings)
    }

    private static func noCredentials(_ tried: [String], _ settings: ProfileSettings) -> Diagnostic {
        let others = settings.configuration.profiles.keys.filter { $0 != settings.profile.name }.sorted()
        let choice = others.isEmpty ? "" : "set AWS_PROFILE to one of \(others.joined(separator: ", ")), "
        return Diagnostic(
            .error, .awsNoCredentials, "there are no AWS credentials", why: tried.joined(separator: "\n"),
            fix: choice + "run `aws configure` or `aws configure sso`, "
                + "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }
}
