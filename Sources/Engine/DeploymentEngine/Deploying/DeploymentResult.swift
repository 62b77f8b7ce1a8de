package import ServiceModel

/// What a deployment came to.
package struct DeploymentResult: Sendable {
    package let plan: Plan
    package let revision: Int
    /// False when everything was as desired already.
    package let changed: Bool
    package let applied: Applied
}
