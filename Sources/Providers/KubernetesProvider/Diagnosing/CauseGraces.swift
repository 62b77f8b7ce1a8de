/// How long causes that may pass have to stand until it is certain that waiting cannot help.
package struct CauseGraces: Sendable {
    /// Somebody may be making what a volume refers to.
    package var volume = Duration.seconds(20)
    /// A node may be on its way.
    package var scheduling = Duration.seconds(60)
    /// Pods that end may make room for those that are refused; a webhook may be restarting.
    package var creation = Duration.seconds(15)
    /// The deadline for progress may have passed for what was wanted before.
    package var stalled = Duration.seconds(15)

    package init() {}
}
