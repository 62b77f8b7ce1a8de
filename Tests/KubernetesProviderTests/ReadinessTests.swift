import Diagnostics
import Documents
import KubernetesProvider
import Testing

/// How far objects are, by the rules of their kinds.
@Suite struct ReadinessTests {
    @Test(arguments: [
        ("missing", "null", "NotFound"),
        ("being deleted", "{kind: ConfigMap, metadata: {deletionTimestamp: t}}", "Terminating"),
        ("of an unknown kind", "{kind: Thing}", "Current"),
        ("unseen", "{kind: Thing, metadata: {generation: 2}, status: {observedGeneration: 1}}", "InProgress"),
        ("stalled", "{kind: Thing, status: {conditions: [{type: Stalled, status: 'True'}]}}", "Failed"),
        ("not ready", "{kind: Thing, status: {conditions: [{type: Ready, status: 'False'}]}}", "InProgress"),
        ("an unbound claim", "{kind: PersistentVolumeClaim, status: {phase: Pending}}", "InProgress"),
        ("a bound claim", "{kind: PersistentVolumeClaim, status: {phase: Bound}}", "Current"),
        ("a deployment nobody has seen", "{kind: Deployment, spec: {replicas: 1}}", "InProgress"),
        (
            "a deployment that is done",
            """
            {kind: Deployment, spec: {replicas: 2}, status: {observedGeneration: 1, replicas: 2, updatedReplicas: 2,
             readyReplicas: 2, availableReplicas: 2}}
            """, "Current"
        ),
        (
            "a deployment with an old pod",
            """
            {kind: Deployment, spec: {replicas: 2}, status: {observedGeneration: 1, replicas: 3, updatedReplicas: 2,
             readyReplicas: 3, availableReplicas: 3}}
            """, "InProgress"
        ),
        (
            "a deployment whose smaller number has been seen, and whose pods are still there",
            """
            {kind: Deployment, spec: {replicas: 0}, status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2,
             readyReplicas: 2, availableReplicas: 2}}
            """, "InProgress"
        ),
        (
            "a deployment past its deadline",
            """
            {kind: Deployment, spec: {replicas: 1}, status: {observedGeneration: 1,
             conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}}
            """, "Failed"
        ),
        ("a load balancer without address", "{kind: Service, spec: {type: LoadBalancer}}", "InProgress"),
        ("a finished pod", "{kind: Pod, status: {phase: Succeeded}}", "Current"),
        ("a failed job", "{kind: Job, status: {conditions: [{type: Failed, status: 'True'}]}}", "Failed"),
    ])
    func followsTheKind(name: String, object: String, state: String) throws {
        let object = try YAMLParser.parseOne(object, file: .unknown)
        #expect(Readiness(of: object.isNull ? nil : object).state.rawValue == state)
    }
}
