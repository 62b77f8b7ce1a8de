/// How much is read of a service that failed, before it is rolled back.
package struct EvidenceLimits: Sendable {
    /// What has not come by then is left out.
    package var time = Duration.seconds(30)
    /// Those that are ready come last: they have the least to tell. The others are only named.
    package var pods = 20

    package init() {}
}
