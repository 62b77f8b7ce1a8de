import Documents

extension PodCause {
    /// In one line, without a place.
    ///
    /// - Parameter value: what is configured, where that helps to recognise it.
    func words(_ value: Node? = nil) -> String {
        let name = container.map { isInit ? "init container `\($0)`" : "container `\($0)`" } ?? "the pod"
        let written = value.map { $0.string ?? JSONEmitter.emit($0) }
        switch kind {
        case .imageNotFound: return "there is no image `\(written ?? "?")`"
        case .imageDenied: return "the image `\(written ?? "?")` may not be pulled"
        case .imageUnavailable: return "the image `\(written ?? "?")` cannot be pulled"
        case .invalidImageName: return "`\(written ?? "?")` does not name an image"
        case .configurationError: return "\(name) refers to something that is missing"
        case .cannotStart: return "\(name) cannot be started"
        case .crashLoop(let exitCode): return "\(name) ends again and again, with exit code \(exitCode)"
        case .outOfMemory: return "\(name) needs more memory than its limit of \(written ?? "none")"
        case .notReady: return "\(name) runs and does not become ready"
        case .endedByProbe(let topic):
            return "\(name) is ended again and again: its \(topic == .startup ? "startup" : "liveness") probe fails"
        case .unboundClaim: return "there is no volume for the pod's claim"
        case .unschedulable: return "there is no node for the pod"
        case .creationRefused: return "no pod may be made"
        case .evicted: return "the pod was evicted"
        case .volumeUnavailable: return "a volume of the pod cannot be mounted"
        case .stalled: return "the rollout makes no progress"
        }
    }
}
