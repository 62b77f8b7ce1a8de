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
    /// What is wanted no more, and stays for what it holds.
    var kept: [Kept] = []

    struct Kept: Sendable, CustomStringConvertible {
        let resource: Resource
        /// By which AWS knows it.
        let name: String

        var description: String { "\(resource.identity) (\(name))" }
    }

    var changes: [Change] {
        steps.map(\.change)
            + kept.map { .staying($0.resource.identity, as: $0.name) }
    }
}

extension Change {
    /// Of what nobody wants any more, and what stays for the data that it holds.
    static func staying(_ resource: Resource.Identity, as name: String) -> Change {
        Change(resource: resource, action: .unchanged, effect: .none, reason: "\(name) stays: it holds data")
    }
}
