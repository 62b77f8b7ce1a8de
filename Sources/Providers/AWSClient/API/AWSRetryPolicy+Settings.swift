package import Diagnostics

extension AWSRetryPolicy {
    /// The usual one, with the number of attempts that the environment or the profile sets.
    ///
    /// The SDKs' modes are known by name; what is done is what `standard` does, whichever is set.
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    ///
    /// - Throws: ``Diagnostic`` at a number or mode that means nothing.
    package init(_ settings: ProfileSettings) throws(Diagnostic) {
        _ = try settings.choice("retry_mode", variable: "AWS_RETRY_MODE", of: ["legacy", "standard", "adaptive"])
        self.init()
        if let attempts = try settings.count("max_attempts", variable: "AWS_MAX_ATTEMPTS") { self.attempts = attempts }
    }
}
