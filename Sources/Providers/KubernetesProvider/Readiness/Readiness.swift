package import Documents
import KubernetesClient

/// How far one object is on its way to what it should be, in the words of kstatus.
///
/// https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
package struct Readiness: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        /// As it should be.
        case current = "Current"
        case inProgress = "InProgress"
        /// It will not get there by waiting.
        case failed = "Failed"
        case terminating = "Terminating"
        case notFound = "NotFound"
        /// Nothing can be read from it.
        case unknown = "Unknown"
    }

    package let state: State
    /// What is missing, or what went wrong; empty where there is nothing to say.
    package let message: String

    package init(_ state: State, _ message: String = "") {
        self.state = state
        self.message = message
    }

    /// Of an object as the server has it; nil where it has none.
    package init(of object: Node?) {
        guard let object else {
            self.init(.notFound, "it does not exist")
            return
        }
        guard object.mapping != nil else {
            self.init(.unknown, "it cannot be read")
            return
        }
        self = Self.general(object) ?? Self.rules[object.kindName].map { $0(object) } ?? Self.byReadyCondition(object)
    }

    /// What holds for objects of every kind; nil where it leaves the question open.
    private static func general(_ object: Node) -> Readiness? {
        if object.isTerminating { return Readiness(.terminating, "it is being deleted") }
        if let generation = object.value("metadata", "generation")?.integer,
            let observed = object.value("status", "observedGeneration")?.integer, observed < generation
        {
            return Readiness(.inProgress, "its controller has not seen generation \(generation) yet")
        }
        if let stalled = object.condition("Stalled"), stalled.isTrue { return Readiness(.failed, stalled.text) }
        if let reconciling = object.condition("Reconciling"), reconciling.isTrue {
            return Readiness(.inProgress, reconciling.text)
        }
        return nil
    }

    /// The rule of custom resources: what has no `Ready` condition is current once it is there.
    private static func byReadyCondition(_ object: Node) -> Readiness {
        guard let ready = object.condition("Ready"), !ready.isTrue else { return Readiness(.current) }
        return Readiness(.inProgress, ready.text)
    }

    private static let rules: [String: @Sendable (Node) -> Readiness] = [
        "Deployment": { .deployment($0) },
        "ReplicaSet": { .replicaSet($0) },
        "StatefulSet": { .statefulSet($0) },
        "DaemonSet": { .daemonSet($0) },
        "Pod": { .pod($0) },
        "Job": { .job($0) },
        "PersistentVolumeClaim": { .claim($0) },
        "Service": { .service($0) },
        "CustomResourceDefinition": { .definition($0) },
    ]
}

extension Node {
    /// `kind`, empty where there is none.
    package var kindName: String { self["kind"]?.string ?? "" }

    /// One entry of `status.conditions`.
    package struct Condition: Sendable {
        package let type: String
        package let status: String
        package let reason: String
        package let message: String

        package var isTrue: Bool { status == "True" }
        /// The message, or the reason where there is none.
        package var text: String { message.isEmpty ? reason : message }
    }

    package var conditions: [Condition] {
        (value("status", "conditions")?.sequence ?? []).map { condition in
            Condition(
                type: condition["type"]?.string ?? "", status: condition["status"]?.string ?? "",
                reason: condition["reason"]?.string ?? "", message: condition["message"]?.string ?? "")
        }
    }

    package func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }
}
