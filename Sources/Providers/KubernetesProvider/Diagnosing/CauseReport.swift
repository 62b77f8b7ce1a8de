import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Puts the cause of a failed rollout into words, with what the cluster said and the lines behind it.
struct CauseReport: Sendable {
    private static let logLines = 10

    let cluster: Cluster
    /// For the commands that hints name.
    let provider: ProviderKind
    /// The manifests of the service's volume claims.
    let claims: [Node]

    /// Waiting cannot help.
    func doomed(
        _ cause: PodCause, _ workload: DesiredObject, _ state: RolloutBoard.State
    ) async -> Diagnostic {
        await told(.doomed, cause, workload, state, prefix: "")
    }

    /// The time is over; the likeliest cause is told, where there is any.
    func timedOut(_ workload: DesiredObject, _ state: RolloutBoard.State) async -> Diagnostic {
        guard let cause = state.likeliestCause else {
            return Diagnostic(
                .error, .timedOut, "\(workload.identity) is not ready in time", at: workload.manifest.location,
                why: Readiness(of: state.workload).message,
                fix: "look at it with `\(command("status", workload))`, or wait longer with --timeout")
        }
        return await told(.timedOut, cause, workload, state, prefix: "not ready in time: ")
    }

    /// Why a service that has been deployed does not run; nil where there is no cause to be seen.
    func standing(_ workload: DesiredObject, _ state: RolloutBoard.State) async -> Diagnostic? {
        guard let cause = state.likeliestCause else { return nil }
        return await told(.unhealthy, cause, workload, state, prefix: "")
    }

    private func told(
        _ code: Diagnostic.Code, _ cause: PodCause, _ workload: DesiredObject, _ state: RolloutBoard.State,
        prefix: String
    ) async -> Diagnostic {
        let cause = await refined(cause, workload, state)
        let finder = CausePlace(workload.manifest, claims: claims)
        let place = finder.place(of: cause)
        var problem = Diagnostic(
            .error, code, prefix + cause.words(place.value), at: place.location,
            why: cause.message.isEmpty ? nil : cause.message, fix: fix(cause, workload))
        switch cause.kind {
        case .crashLoop, .outOfMemory, .endedByProbe, .notReady: problem.notes += await logTail(cause, workload)
        case .unboundClaim:
            if let claim = finder.unbound(cause.message) { problem.notes += await warning(about: claim, workload) }
        default: break
        }
        return problem
    }

    /// As it has to be typed to reach the service: its workload has its name.
    private func command(_ verb: String, _ workload: DesiredObject) -> String {
        let identity = workload.identity
        let place = CommandFlags.place(provider, in: cluster.place, namespace: identity.namespace)
        return "synthdata-infra \(verb) \(identity.name)\(place)"
    }

    private func fix(_ cause: PodCause, _ workload: DesiredObject) -> String {
        switch cause.kind {
        case .imageNotFound, .invalidImageName: "check the image's name and tag, and that it was pushed"
        case .imageDenied: "name a Secret with the registry's credentials in deployment.image_pull_secrets"
        case .imageUnavailable: "check that the nodes reach the registry"
        case .configurationError: "create it, or mend the reference"
        case .cannotStart: "check the command, and that the image holds the program"
        case .crashLoop: "what it wrote last is below; `\(command("logs", workload))` shows all"
        case .outOfMemory: "raise resources.memory"
        case .notReady, .endedByProbe: "check the path and port of the probe, and what the container writes"
        case .unboundClaim: "name a storage.storage_class that the cluster has, or add volumes to it"
        case .unschedulable: "ask for less, or add nodes that have it"
        case .creationRefused: "ask for less, or have the rule changed"
        case .evicted: "raise what it asks for, so that the node keeps it"
        case .volumeUnavailable: "create what it refers to, or take it out of the configuration"
        case .stalled: "look at its pods with `\(command("status", workload))`"
        }
    }

    /// The same cause with what the events say by now: a status may have been seen before its events were.
    private func refined(_ cause: PodCause, _ workload: DesiredObject, _ state: RolloutBoard.State) async -> PodCause {
        guard let name = cause.pod, let pod = state.newPods.first(where: { $0.objectName == name }),
            let uid = pod.objectUID
        else { return cause }
        let selection = Selection(
            .event, namespace: workload.identity.namespace, fields: "involvedObject.uid=\(uid),type=Warning")
        guard let events = try? await cluster.api.list(selection).items else { return cause }
        var warnings = PodWarnings()
        for event in events { warnings.add(event) }
        var refined = PodCause.cause(of: pod, warnings) ?? cause
        // Between two starts a container that cannot start merely looks unready.
        if refined.kind != cause.kind, !refined.isCertain { refined = cause }
        if refined.message.isEmpty, let newest = warnings.newest { refined.message = newest }
        return refined
    }

    /// Why a claim has no volume: the newest of what the cluster warned of.
    private func warning(about claim: Node, _ workload: DesiredObject) async -> [Diagnostic.Note] {
        let name = claim.value("metadata", "name")?.string ?? ""
        let selection = Selection(
            .event, namespace: workload.identity.namespace,
            fields: "involvedObject.kind=PersistentVolumeClaim,involvedObject.name=\(name)")
        guard let events = try? await cluster.api.list(selection).items else { return [] }
        var warnings = PodWarnings()
        for event in events { warnings.add(event) }
        return warnings.newest.map { [Diagnostic.Note("PersistentVolumeClaim \(name): \($0)")] } ?? []
    }

    /// The last lines of the container's last run, without the values of variables that look like secrets.
    private func logTail(_ cause: PodCause, _ workload: DesiredObject) async -> [Diagnostic.Note] {
        guard let pod = cause.pod, let namespace = workload.identity.namespace else { return [] }
        for previous in [true, false] {
            let text = try? await cluster.api.logTail(
                namespace: namespace, pod: pod, container: cause.container, lines: Self.logLines, previous: previous)
            guard let text, !text.isEmpty else { continue }
            let scrubber = Scrubber(Scrubber.secretValues(in: workload.manifest))
            return [Diagnostic.Note("its last lines:\n\(scrubber.scrubbed(text))")]
        }
        return []
    }
}

extension Diagnostic.Code {
    /// A service that was deployed does not run as it should.
    static let unhealthy = Self("service.unhealthy", .failed)
}
