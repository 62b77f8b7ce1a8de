import Diagnostics
import ServiceModel

/// A way of making what a service needs of AWS: through its REST interfaces, or by Terraform.
protocol CloudReconciler: Sendable {
    /// Compares what is there with what is wanted. Changes nothing.
    ///
    /// - Parameters:
    ///   - release: without resources where the service is to go.
    ///   - past: current releases, oldest first.
    ///   - shown: the changes at AWS that somebody has agreed to; nil where none are known yet.
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` with everything that stands in the way.
    func work(
        for release: Release, past: [Release], deleteData: Bool, shown: [Change]?
    ) async throws -> any CloudWork
}

/// What one deployment has to do at AWS.
protocol CloudWork: Sendable {
    /// In the order in which they are made; what goes stands in the order in which it was made.
    var changes: [Change] { get }

    /// What stays for what it holds, and is to be remembered.
    var kept: [Resource] { get }

    /// What would stop it half-way.
    ///
    /// - Parameter changes: of the plan as a whole.
    func problems(_ changes: [Change]) async throws -> [Diagnostic]

    /// Makes what pods need.
    func beforePods(_ report: @escaping @Sendable (DeploymentEvent) -> Void) async throws

    /// Makes the rest, and takes away what is wanted no more.
    ///
    /// - Returns: what stays for what it holds, in words.
    func afterPods(_ report: @escaping @Sendable (DeploymentEvent) -> Void) async throws -> [String]
}
