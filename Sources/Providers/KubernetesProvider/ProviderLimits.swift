/// The times and sizes that a provider keeps to.
package struct ProviderLimits: Sendable {
    package var lease = LeaseTiming()
    package var graces = CauseGraces()
    package var evidence = EvidenceLimits()
    /// The most bytes of a release in one Secret.
    package var releasePart = SecretReleaseStore.standardPartSize

    package init() {}
}
