import Diagnostics
import Documents
import ServiceModel

/// What has to happen to a service's resources at AWS.
struct CloudPlan: Sendable {
    struct Step: Sendable {
        let resource: Resource
        let kind: CloudKind
        /// Null for what goes.
        let wanted: Node
        let live: LiveResource?
        let change: Change
        /// Node groups that this one takes the place of.
        var superseded: [LiveResource] = []
    }

    /// In the order in which they are made.
    let steps: [Step]
    /// What stays for what it holds, in words.
    let kept: [String]

    var changes: [Change] { steps.map(\.change) }
}
