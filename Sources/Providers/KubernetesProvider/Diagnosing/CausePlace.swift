import Diagnostics
import Documents

/// Finds the field of a workload's manifest that a cause is about, and with it the line that configured it.
struct CausePlace {
    private let manifest: Node
    private let claims: [Node]

    /// - Parameter claims: the manifests of the volume claims that its pods may use.
    init(_ manifest: Node, claims: [Node]) {
        self.manifest = manifest
        self.claims = claims
    }

    /// The value where that helps to recognise it, and its line.
    func place(of cause: PodCause) -> (value: Node?, location: SourceLocation) {
        if cause.kind == .unboundClaim, let claim = unbound(cause.message) {
            let path = NodePath(keys: ["spec", "storageClassName"])
            return (claim[path], LiveComparison.location(of: path, in: claim))
        }
        let field = field(of: cause)
        return (field.value, LiveComparison.location(of: field.path, in: manifest))
    }

    /// The claim that the message names, or the only one that there is.
    func unbound(_ message: String) -> Node? {
        let used = (manifest[pod.appending("volumes")]?.sequence ?? [])
            .compactMap { $0.value("persistentVolumeClaim", "claimName")?.string }
        let mine = claims.filter { used.contains($0.value("metadata", "name")?.string ?? "") }
        return mine.first { message.contains("\"\($0.value("metadata", "name")?.string ?? "")\"") } ?? mine.first
    }

    private func field(of cause: PodCause) -> (path: NodePath, value: Node?) {
        let container = container(cause)
        switch cause.kind {
        case .imageNotFound, .imageDenied, .imageUnavailable, .invalidImageName:
            return existing(container.appending("image"))
        case .cannotStart, .crashLoop:
            return existing(container.appending("command"), container.appending("image"))
        case .outOfMemory:
            return existing(container.appending("resources").appending("limits").appending("memory"))
        case .configurationError: return existing(reference(in: cause.message, container) ?? container)
        case .volumeUnavailable: return existing(reference(in: cause.message, container) ?? pod.appending("volumes"))
        case .stalled: return existing(NodePath(keys: ["spec", "progressDeadlineSeconds"]))
        case .notReady:
            let probe = container.appending("readinessProbe")
            return existing(probe.appending("httpGet").appending("path"), probe)
        case .endedByProbe(let topic):
            let probe = container.appending(topic == .startup ? "startupProbe" : "livenessProbe")
            return existing(probe.appending("httpGet").appending("path"), probe)
        case .unboundClaim: return existing(pod.appending("volumes"))
        case .unschedulable: return existing(scheduling(cause.message, container))
        case .creationRefused: return existing(creation(cause.message, container))
        case .evicted:
            return existing(
                container.appending("resources").appending("requests").appending("ephemeral-storage"), container)
        }
    }

    private var pod: NodePath { NodePath(keys: ["spec", "template", "spec"]) }

    private func container(_ cause: PodCause) -> NodePath {
        let list = pod.appending(cause.isInit ? "initContainers" : "containers")
        let index = manifest[list]?.sequence?.firstIndex { $0["name"]?.string == cause.container } ?? 0
        return list.appending(index)
    }

    /// The first of them that the manifest has; else the first.
    private func existing(_ paths: NodePath...) -> (path: NodePath, value: Node?) {
        for path in paths {
            if let value = manifest[path] { return (path, value) }
        }
        return (paths[0], nil)
    }

    /// What the container or a volume refers to by the name that the message quotes:
    /// `secret "db" not found`, `couldn't find key password in Secret synthdata/db`.
    private func reference(in message: String, _ container: NodePath) -> NodePath? {
        let words = Set(message.split { " \"/:,".contains($0) }.map(String.init))
        for (index, variable) in (manifest[container.appending("env")]?.sequence ?? []).enumerated() {
            for source in ["secretKeyRef", "configMapKeyRef"] {
                guard let reference = variable.value("valueFrom", source), let name = reference["name"]?.string,
                    words.contains(name)
                else { continue }
                let path = container.appending("env").appending(index).appending("valueFrom").appending(source)
                if !message.contains("find key") { return path.appending("name") }
                if let key = reference["key"]?.string, words.contains(key) { return path.appending("key") }
            }
        }
        for (index, volume) in (manifest[pod.appending("volumes")]?.sequence ?? []).enumerated() {
            for (source, key) in [("secret", "secretName"), ("configMap", "name")] {
                if let name = volume.value(source, key)?.string, words.contains(name) {
                    return pod.appending("volumes").appending(index).appending(source).appending(key)
                }
            }
        }
        return nil
    }

    /// The scheduler counts nodes by what they lack:
    /// `0/3 nodes are available: 1 node(s) had taint {a: b}, that the pod didn't tolerate, 2 Insufficient cpu.`
    /// What the pod asks too much of comes first: most taints keep nodes for others, and are nobody's fault.
    private func scheduling(_ message: String, _ container: NodePath) -> NodePath {
        let resources = container.appending("resources")
        let text = message.lowercased()
        for (section, name) in [
            ("limits", "nvidia.com/gpu"), ("requests", "cpu"), ("requests", "memory"),
            ("requests", "ephemeral-storage"),
        ] where text.contains("insufficient \(name)") {
            return resources.appending(section).appending(name)
        }
        if ["node selector", "affinity", "match pod's node"].contains(where: text.contains) {
            let selector = pod.appending("nodeSelector")
            return (manifest[selector]?.mapping?.entries.first).map { selector.appending($0.key) } ?? selector
        }
        if text.contains("volume") { return pod.appending("volumes") }
        if text.contains("taint") { return pod.appending("tolerations") }
        return resources
    }

    /// `exceeded quota: small, requested: requests.memory=96Mi, …`, or of a LimitRange
    /// `maximum memory usage per Container is 80Mi, but limit is 96Mi`.
    private func creation(_ message: String, _ container: NodePath) -> NodePath {
        if message.contains("service account") || message.contains("serviceaccount") {
            return pod.appending("serviceAccountName")
        }
        let resources = container.appending("resources")
        for name in ["memory", "cpu", "ephemeral-storage"] {
            if message.contains("requests.\(name)") || message.contains("requested: \(name)=") {
                return resources.appending("requests").appending(name)
            }
            if message.contains("limits.\(name)") { return resources.appending("limits").appending(name) }
            if message.contains("\(name) usage per") || message.contains("\(name) max limit to request ratio") {
                let section = message.contains("but request is") ? "requests" : "limits"
                return resources.appending(section).appending(name)
            }
        }
        if message.contains("nvidia.com/gpu") { return resources.appending("limits").appending("nvidia.com/gpu") }
        return resources
    }
}
