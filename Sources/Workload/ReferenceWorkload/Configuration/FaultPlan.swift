/// Misbehaviour on request, so that a deployment's handling of bad workloads can be rehearsed.
///
/// Every fault is off by default; nothing here happens unless the configuration's `faults` asks for it.
package struct FaultPlan: Equatable, Sendable {
    /// End the process abruptly this many seconds after the start, with `exitCode`.
    package var exitAfterSeconds: Double?
    package var exitCode: Int32 = 1
    /// Answer `/readyz` with 503 for ever.
    package var neverReady = false
    /// Answer `/readyz` with 503 for this many seconds after the start.
    package var readyAfterSeconds: Double = 0
    /// Let SIGTERM pass without stopping (SIGINT and SIGKILL still end the process).
    package var ignoreSIGTERM = false
    /// The fraction, 0 to 1, of POST requests that fail with 500 and the code `injected_fault`.
    package var errorRate: Double = 0
    /// Wait this long before working on a POST request.
    package var latencyMilliseconds: Int64 = 0

    package init() {}
}
