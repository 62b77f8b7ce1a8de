import Diagnostics
import Documents
import KubernetesProvider
import Testing

/// The rules of readiness of further kinds, and what is said of what is not ready.
///
/// https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/status/core.go
@Suite struct ReadinessByKindTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let object: String
        let state: String
        var says = ""

        init(_ name: String, _ object: String, _ state: String, _ says: String = "") {
            self.name = name
            self.object = object
            self.state = state
            self.says = says
        }

        var testDescription: String { name }
    }

    @Test(arguments: [
        Case("text", "'an answer of something else'", "Unknown", "it cannot be read"),
        Case("a list", "[]", "Unknown", "it cannot be read"),
        Case(
            "a resource that is reconciled",
            "{kind: Thing, status: {conditions: [{type: Reconciling, status: 'True', message: applying}]}}",
            "InProgress", "applying"),
        Case(
            "a resource that was", "{kind: Thing, status: {conditions: [{type: Reconciling, status: 'False'}]}}",
            "Current"),
        Case(
            "a resource that is ready", "{kind: Thing, status: {conditions: [{type: Ready, status: 'True'}]}}",
            "Current"),
        Case(
            "a resource that is not",
            "{kind: Thing, status: {conditions: [{type: Ready, status: Unknown, reason: Waiting}]}}", "InProgress",
            "Waiting"),
        Case("a lost claim", "{kind: PersistentVolumeClaim, status: {phase: Lost}}", "Failed", "its volume is gone"),
    ])
    func ofAnyKind(given: Case) throws { try Self.check(given) }

    @Test(arguments: [
        Case("without pods", "{spec: {replicas: 2}, status: {replicas: 1}}", "InProgress", "1 of 2 pods exist"),
        Case(
            "that are not available", "{spec: {replicas: 2}, status: {replicas: 2, availableReplicas: 1}}",
            "InProgress", "1 of 2 replicas are available"),
        Case(
            "with too many", "{spec: {replicas: 1}, status: {replicas: 2, availableReplicas: 2}}", "InProgress",
            "1 pods are ending"),
        Case(
            "that cannot make them",
            """
            {spec: {replicas: 1}, status: {replicas: 1, availableReplicas: 1,
             conditions: [{type: ReplicaFailure, status: 'True', message: exceeded quota}]}}
            """, "InProgress", "exceeded quota"),
        Case("of one, which is there", "{status: {replicas: 1, availableReplicas: 1}}", "Current"),
    ])
    func ofAReplicaSet(given: Case) throws { try Self.check(given, kind: "ReplicaSet") }

    @Test(arguments: [
        Case("not ready", "{spec: {replicas: 3}, status: {replicas: 3, readyReplicas: 1}}", "InProgress", "1 of 3"),
        Case(
            "with too many", "{spec: {replicas: 1}, status: {replicas: 2, readyReplicas: 2}}", "InProgress",
            "1 pods are ending"),
        Case(
            "amid an update",
            """
            {spec: {replicas: 2}, status: {replicas: 2, readyReplicas: 2, updatedReplicas: 1, currentRevision: a,
             updateRevision: b}}
            """, "InProgress", "1 of 2 replicas are updated"),
        Case(
            "amid an update of a part",
            """
            {spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}},
             status: {replicas: 3, readyReplicas: 3, updatedReplicas: 1, currentRevision: a, updateRevision: b}}
            """, "InProgress", "1 of 2 replicas are updated"),
        Case(
            "after an update of a part",
            """
            {spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}},
             status: {replicas: 3, readyReplicas: 3, updatedReplicas: 2, currentRevision: a, updateRevision: b}}
            """, "Current"),
        Case(
            "that is updated by hand", "{spec: {replicas: 3, updateStrategy: {type: OnDelete}}, status: {}}",
            "Current"),
        Case(
            "that is done",
            """
            {spec: {replicas: 2}, status: {replicas: 2, readyReplicas: 2, updatedReplicas: 2, currentRevision: b,
             updateRevision: b}}
            """, "Current"),
    ])
    func ofAStatefulSet(given: Case) throws { try Self.check(given, kind: "StatefulSet") }

    private static func daemons(_ scheduled: Int, _ updated: Int, _ available: Int, _ ready: Int) -> String {
        """
        {status: {observedGeneration: 1, desiredNumberScheduled: 3, currentNumberScheduled: \(scheduled),
         updatedNumberScheduled: \(updated), numberAvailable: \(available), numberReady: \(ready)}}
        """
    }

    @Test(arguments: [
        Case("unseen", "{status: {desiredNumberScheduled: 0}}", "InProgress", "not seen it yet"),
        Case("on some nodes", daemons(1, 3, 3, 3), "InProgress", "1 of 3 pods are scheduled"),
        Case("amid an update", daemons(3, 2, 3, 3), "InProgress", "2 of 3 pods are updated"),
        Case("that is not available", daemons(3, 3, 0, 3), "InProgress", "0 of 3 pods are available"),
        Case("that is not ready", daemons(3, 3, 3, 2), "InProgress", "2 of 3 pods are ready"),
        Case("that is done", daemons(3, 3, 3, 3), "Current"),
        Case("without nodes", "{status: {observedGeneration: 1}}", "Current"),
    ])
    func ofADaemonSet(given: Case) throws { try Self.check(given, kind: "DaemonSet") }

    @Test(arguments: [
        Case("new", "{}", "InProgress", "the server does not serve it yet"),
        Case(
            "of a taken name",
            "{status: {conditions: [{type: NamesAccepted, status: 'False', message: 'things is in use'}]}}", "Failed",
            "things is in use"),
        Case(
            "that is not served yet",
            """
            {status: {conditions: [{type: NamesAccepted, status: 'True'}, {type: Established, status: 'False'}]}}
            """, "InProgress"),
        Case(
            "that is served",
            """
            {status: {conditions: [{type: NamesAccepted, status: 'True'}, {type: Established, status: 'True'}]}}
            """, "Current"),
    ])
    func ofADefinition(given: Case) throws { try Self.check(given, kind: "CustomResourceDefinition") }

    private static func check(_ given: Case, kind: String? = nil) throws {
        var object = try YAMLParser.parseOne(given.object, file: .unknown)
        if let kind { object.merge(["kind": .string(kind)]) }
        let readiness = Readiness(of: object)
        #expect(readiness.state.rawValue == given.state)
        #expect(given.says.isEmpty ? true : readiness.message.contains(given.says), "\(readiness.message)")
    }
}
