import Documents
import KubernetesClient

/// Why a pod does not come up, as its status tells it.
struct PodCause: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case imageNotFound
        case imageDenied
        /// The image cannot be pulled for a reason that may pass.
        case imageUnavailable
        case invalidImageName
        /// Something that the pod refers to is missing.
        case configurationError
        /// The container's program cannot be started.
        case cannotStart
        case crashLoop(exitCode: Int)
        case outOfMemory
        case notReady
        /// It runs, and is ended since its liveness or startup probe fails.
        case endedByProbe(PodWarnings.Topic)
        case unschedulable
        /// A claim of the pod has no volume, so that there is nowhere to run it.
        case unboundClaim
        /// A volume cannot be mounted.
        case volumeUnavailable
        /// No pod could be made: a quota, a webhook, a right.
        case creationRefused
        case evicted
        /// The deadline for progress passed without a visible cause.
        case stalled
    }

    let kind: Kind
    /// Nil where there is none yet.
    let pod: String?
    let container: String?
    /// In the cluster's own words.
    var message: String
    var isInit = false

    /// How long it has to stand until it is certain that waiting cannot help; nil where it may always pass.
    func grace(_ graces: CauseGraces) -> Duration? {
        switch kind {
        case .volumeUnavailable, .unboundClaim: graces.volume
        case .unschedulable: graces.scheduling
        case .creationRefused: graces.creation
        case .stalled: graces.stalled
        case .imageUnavailable, .notReady, .evicted: nil
        default: isCertain ? .zero : nil
        }
    }

    /// Whether it is certain as soon as it is seen.
    var isCertain: Bool {
        switch kind {
        case .imageNotFound, .imageDenied, .invalidImageName, .configurationError, .cannotStart, .crashLoop,
            .outOfMemory, .endedByProbe:
            true
        case .volumeUnavailable, .unboundClaim, .unschedulable, .creationRefused, .stalled, .imageUnavailable,
            .notReady, .evicted:
            false
        }
    }

    /// Why this pod is not ready; nil where it is, or merely has not got there yet.
    ///
    /// - Parameter seesPastRuns: whether a container that has ended again and again counts as one that does while it
    ///   runs for a moment: likely, and not certain, since it may become ready this time.
    static func cause(of pod: Node, _ warnings: PodWarnings? = nil, seesPastRuns: Bool = false) -> PodCause? {
        let name = pod.objectName
        if pod.isTerminating { return nil }
        if pod.value("status", "reason")?.string == "Evicted" {
            return PodCause(
                kind: .evicted, pod: name, container: nil, message: pod.value("status", "message")?.string ?? "")
        }
        if let scheduled = pod.condition("PodScheduled"), !scheduled.isTrue, scheduled.reason == "Unschedulable" {
            let isUnbound = ["persistentvolumeclaim", "persistent volumes to bind"]
                .contains(where: scheduled.message.lowercased().contains)
            return PodCause(
                kind: isUnbound ? .unboundClaim : .unschedulable, pod: name, container: nil, message: scheduled.message)
        }
        for status in pod.value("status", "initContainerStatuses")?.sequence ?? [] {
            if var cause = cause(of: status, in: name, warnings, seesPastRuns: seesPastRuns) {
                cause.isInit = true
                return cause
            }
        }
        let statuses = pod.value("status", "containerStatuses")?.sequence ?? []
        // One that was ready in this run fails in another way than it did before.
        let seesPastRuns = seesPastRuns && !PodSummary.wasReady(pod, statuses)
        for status in statuses {
            if let cause = cause(of: status, in: name, warnings, seesPastRuns: seesPastRuns) { return cause }
        }
        if let mount = warnings?.message(.mount), pod.value("status", "phase")?.string == "Pending" {
            return PodCause(kind: .volumeUnavailable, pod: name, container: nil, message: mount)
        }
        guard pod.value("status", "phase")?.string == "Running", let ready = pod.condition("Ready"), !ready.isTrue
        else { return nil }
        let container = statuses.first { $0["ready"]?.bool != true }
        return PodCause(
            kind: .notReady, pod: name, container: container?["name"]?.string,
            message: warnings?.message(.startup) ?? warnings?.message(.readiness) ?? ready.message)
    }

    /// How many times a container that ends on its own has to be started before that is called a loop.
    private static let loops = 2

    private static func cause(
        of status: Node, in pod: String, _ warnings: PodWarnings?, seesPastRuns: Bool
    ) -> PodCause? {
        func found(_ kind: Kind, _ message: String?) -> PodCause {
            PodCause(kind: kind, pod: pod, container: status["name"]?.string, message: message ?? "")
        }
        let waiting = status.value("state", "waiting")
        let message = waiting?["message"]?.string ?? ""
        let ended = status.value("state", "terminated") ?? status.value("lastState", "terminated")
        switch waiting?["reason"]?.string {
        case "ErrImagePull": return found(image(message), message)
        case "ImagePullBackOff":
            // Older nodes only say here that they wait; why was told by an event.
            let told = warnings?.message(.pull) ?? message
            return found(image(told), told)
        case "InvalidImageName", "ErrImageNeverPull": return found(.invalidImageName, message)
        case "CreateContainerConfigError": return found(.configurationError, message)
        case "CreateContainerError", "RunContainerError", "StartError": return found(.cannotStart, message)
        default: break
        }
        guard let ended, (status["restartCount"]?.integer ?? 0) >= loops,
            status["ready"]?.bool != true,
            seesPastRuns || waiting?["reason"]?.string == "CrashLoopBackOff"
                || status.value("state", "terminated") != nil
        else { return nil }
        switch ended["reason"]?.string {
        case "OOMKilled": return found(.outOfMemory, ended["message"]?.string)
        case "ContainerCannotRun", "StartError": return found(.cannotStart, ended["message"]?.string)
        default:
            let exitCode = ended["exitCode"]?.integer ?? 0
            // Ended by SIGKILL or SIGTERM: the node's doing, where a probe failed.
            if [137, 143].contains(exitCode) {
                for topic in [PodWarnings.Topic.liveness, .startup] {
                    if let message = warnings?.message(topic) { return found(.endedByProbe(topic), message) }
                }
            }
            return found(.crashLoop(exitCode: exitCode), ended["message"]?.string)
        }
    }

    /// Container engines say in words what went wrong; `ImagePullBackOff` alone says nothing. The image's own name, and
    /// addresses with it, say nothing either, whatever words and numbers they hold.
    private static func image(_ message: String) -> Kind {
        let words = message.lowercased().split(separator: " ").filter { word in
            !word.contains("/") && !word.contains("@") && !word.dropLast().contains(":") && !word.hasPrefix("\"")
        }.map { $0.trimmingPrefix("(").filter { !":,;.)".contains($0) } }
        let text = words.joined(separator: " ")
        if text.contains("code = notfound") { return .imageNotFound }
        if ["denied", "unauthorized", "authentication required", "no basic auth"].contains(where: text.contains)
            || words.contains("403")
        {
            return .imageDenied
        }
        if ["not found", "manifest unknown", "does not exist"].contains(where: text.contains) || words.contains("404") {
            return .imageNotFound
        }
        return .imageUnavailable
    }
}
