/// The times of a lock.
package struct LeaseTiming: Sendable {
    /// How long a lease lasts without being renewed; Kubernetes counts in whole seconds.
    package var duration = Duration.seconds(15)
    /// How often it is renewed.
    package var renewal = Duration.seconds(5)
    /// How long to wait before looking again while somebody else holds it.
    package var poll = Duration.milliseconds(500)

    package init() {}
}
