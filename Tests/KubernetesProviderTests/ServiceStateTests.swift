import Diagnostics
import Documents
import KubernetesProvider
import ServiceModel
import Testing

/// The one word for what a service is doing.
@Suite struct ServiceStateTests {
    /// A pod as the table writes it.
    enum Pod: String, Sendable {
        case ready
        case pending
        /// Its container runs, and has not been ready yet.
        case starting
        /// It had been ready, and is not any more.
        case unready
        case crashing
        /// It has ended again and again, and runs for the moment.
        case restarted
        case typo
        /// The node waits before it tries to pull again.
        case backOff
        /// It ends again and again without a word.
        case silent
        case terminating
        case unschedulable

        fileprivate var manifest: String {
            let metadata = """
                metadata: {name: \(rawValue), namespace: n, labels: {app.kubernetes.io/instance: demo}\
                \(self == .terminating ? ", deletionTimestamp: t" : "")}
                """
            switch self {
            case .ready, .terminating:
                return "{kind: Pod, \(metadata), status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}}"
            case .pending: return "{kind: Pod, \(metadata), status: {phase: Pending}}"
            case .starting, .unready:
                return """
                    {kind: Pod, \(metadata), status: {phase: Running, conditions: [{type: Ready, status: 'False',
                     message: not ready, lastTransitionTime: "2026-01-01T00:00:0\(self == .starting ? 0 : 9)Z"}],
                     containerStatuses: [{name: workload, ready: false, restartCount: 0,
                     state: {running: {startedAt: "2026-01-01T00:00:05Z"}}}]}}
                    """
            case .restarted:
                return """
                    {kind: Pod, \(metadata), status: {phase: Running, conditions: [{type: Ready, status: 'False',
                     message: not ready, lastTransitionTime: "2026-01-01T00:00:00Z"}],
                     containerStatuses: [{name: workload, ready: false, restartCount: 3,
                     state: {running: {startedAt: "2026-01-01T00:00:05Z"}}}]}}
                    """
            case .crashing:
                return """
                    {kind: Pod, \(metadata), status: {phase: Running, conditions: [{type: Ready, status: 'False'}],
                     containerStatuses: [{name: workload, ready: false, restartCount: 5,
                     state: {waiting: {reason: CrashLoopBackOff, message: back-off}},
                     lastState: {terminated: {reason: Error, exitCode: 1, message: it broke}}}]}}
                    """
            case .typo:
                return """
                    {kind: Pod, \(metadata), status: {phase: Pending, containerStatuses: [{name: workload, ready: false,
                     restartCount: 0, state: {waiting: {reason: ErrImagePull, message: "no such image: not found"}}}]}}
                    """
            case .backOff:
                return """
                    {kind: Pod, \(metadata), status: {phase: Pending, containerStatuses: [{name: workload, ready: false,
                     restartCount: 0, state: {waiting: {reason: ImagePullBackOff, message: Back-off pulling image}}}]}}
                    """
            case .silent:
                return """
                    {kind: Pod, \(metadata), status: {phase: Running, conditions: [{type: Ready, status: 'False'}],
                     containerStatuses: [{name: workload, ready: false, restartCount: 5,
                     state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {reason: Error, exitCode: 3}}}]}}
                    """
            case .unschedulable:
                return """
                    {kind: Pod, \(metadata), status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False',
                     reason: Unschedulable, message: 0/3 nodes}]}}
                    """
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let desired: Int
        /// Pods of all revisions, of the newest, and those that are ready.
        let (total, updated, ready): (Int, Int, Int)
        /// The reason of the condition `Progressing`.
        let progress: String
        let isSeen: Bool
        let isDeleted: Bool
        /// The message of the condition `ReplicaFailure`.
        let refusal: String?
        let pods: [Pod]
        let word: ServiceStatus.State
        let cause: String?

        var testDescription: String { name }

        init(
            _ name: String, desired: Int = 2, _ total: Int, _ updated: Int, _ ready: Int,
            progress: String = "NewReplicaSetAvailable", isSeen: Bool = true, isDeleted: Bool = false,
            refusal: String? = nil, pods: [Pod] = [], _ word: ServiceStatus.State, _ cause: String? = nil
        ) {
            self.name = name
            self.desired = desired
            (self.total, self.updated, self.ready) = (total, updated, ready)
            self.progress = progress
            self.isSeen = isSeen
            self.isDeleted = isDeleted
            self.refusal = refusal
            self.pods = pods
            self.word = word
            self.cause = cause
        }

        fileprivate var deployment: String {
            let refused = refusal.map { ", {type: ReplicaFailure, status: 'True', message: \"\($0)\"}" } ?? ""
            return """
                {kind: Deployment, metadata: {name: demo, generation: 2\(isDeleted ? ", deletionTimestamp: t" : "")},
                 spec: {replicas: \(desired)}, status: {observedGeneration: \(isSeen ? 2 : 1), replicas: \(total),
                 updatedReplicas: \(updated), readyReplicas: \(ready), availableReplicas: \(ready), conditions: [
                 {type: Progressing, status: 'True', reason: \(progress), message: progress}\(refused)]}}
                """
        }
    }

    private static let rolling = "ReplicaSetUpdated"

    static let cases = [
        Case("all are ready", 2, 2, 2, pods: [.ready, .ready], .healthy),
        Case("all are ready and an old one ends", 2, 2, 2, pods: [.ready, .ready, .terminating], .healthy),
        Case("scaled to nothing", desired: 0, 0, 0, 0, .stopped),
        Case("scaled to nothing, and the last one is there", desired: 0, 1, 1, 1, pods: [.ready], .scaling),
        Case("being deleted", 2, 2, 2, isDeleted: true, pods: [.ready], .stopped, "it is being deleted"),
        Case("the first start", 2, 2, 0, progress: rolling, pods: [.pending, .starting], .updating),
        Case("the first start, before there are pods", 0, 0, 0, progress: "NewReplicaSetCreated", .updating),
        Case(
            "a new revision beside the old one", 3, 1, 2, progress: rolling, pods: [.ready, .ready, .starting],
            .updating),
        Case("the last of a new revision starts", 2, 2, 1, progress: rolling, pods: [.ready, .starting], .updating),
        Case("a change that nobody has seen yet", 2, 2, 2, isSeen: false, pods: [.ready, .ready], .scaling),
        Case("more are made", desired: 4, 2, 2, 2, pods: [.ready, .ready], .scaling),
        Case("more are made and start", desired: 3, 3, 3, 2, pods: [.ready, .ready, .starting], .scaling),
        Case(
            "more are made and wait for a node", desired: 3, 3, 3, 2, pods: [.ready, .ready, .unschedulable], .scaling,
            "unschedulable: 0/3 nodes"),
        Case("fewer are wanted", desired: 1, 2, 2, 2, pods: [.ready, .ready], .scaling),
        Case("one had been ready", 2, 2, 1, pods: [.ready, .unready], .degraded, "unready: not ready"),
        Case("all had been ready", 2, 2, 0, pods: [.unready, .unready], .failed, "unready: not ready"),
        Case("one crashes", 2, 2, 1, pods: [.ready, .crashing], .degraded, "crashing: it broke"),
        Case(
            "one runs between two crashes", 3, 1, 2, progress: rolling, pods: [.ready, .ready, .restarted], .degraded,
            "restarted: not ready"),
        Case(
            "the first start without an image", 2, 2, 0, progress: rolling, pods: [.backOff, .backOff], .failed,
            "backOff: Back-off pulling image"),
        Case(
            "one ends without a word", 2, 2, 1, pods: [.ready, .silent], .degraded,
            "silent: container `workload` ends again and again, with exit code 3"),
        Case("all crash", 2, 2, 0, pods: [.crashing, .crashing], .failed, "crashing: it broke"),
        Case(
            "the new revision crashes beside the old one", 3, 1, 2, progress: rolling,
            pods: [.ready, .ready, .crashing], .degraded, "crashing: it broke"),
        Case(
            "there is no such image", 2, 2, 0, progress: rolling, pods: [.typo, .typo], .failed,
            "typo: no such image: not found"),
        Case(
            "a quota refuses more", desired: 4, 2, 2, 2, refusal: "exceeded quota", pods: [.ready, .ready], .degraded,
            "exceeded quota"),
        Case("a quota refuses all", 0, 0, 0, refusal: "exceeded quota", .failed, "exceeded quota"),
        Case(
            "the deadline is over", 2, 2, 0, progress: "ProgressDeadlineExceeded", pods: [.starting, .starting], .failed
        ),
    ]

    @Test(arguments: cases)
    func isRight(_ example: Case) throws {
        let state = ServiceState(
            deployment: try YAMLParser.parseOne(example.deployment, file: .unknown),
            pods: try example.pods.map { try YAMLParser.parseOne($0.manifest, file: .unknown) })
        #expect(state.word == example.word)
        if let cause = example.cause { #expect(state.cause == cause) }
        #expect((state.cause == nil) == (example.word == .healthy || (example.word == .stopped && !example.isDeleted)))
    }
}
