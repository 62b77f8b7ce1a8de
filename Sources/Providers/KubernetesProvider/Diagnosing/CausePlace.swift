import Diagnostics
import Documents

/// Finds the field of a workload's manifest that a cause is about, and with it the line that configured it.
struct CausePlace {
    private let manifest: Node

    init(_ manifest: Node) {
        self.manifest = manifest
    }

    /// The field, and its value where that helps to recognise it.
    func field(of cause: PodCause) -> (path: NodePath, value: Node?) {
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
        case .unschedulable: return existing(scheduling(cause.message, container))
        case .creationRefused: return existing(creation(cause.message, container))
        case .evicted:
            return existing(
                container.appending("resources").appending("requests").appending("ephemeral-storage"), container)
        }
    }

    func location(of cause: PodCause) -> SourceLocation {
        LiveComparison.location(of: field(of: cause).path, in: manifest)
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
                if let name = variable.value("valueFrom", source, "name")?.string, words.contains(name) {
                    return container.appending("env").appending(index).appending("valueFrom").appending(source)
                        .appending("name")
                }
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

    /// The scheduler counts nodes by what they lack: `0/3 nodes are available: 3 Insufficient nvidia.com/gpu.`
    private func scheduling(_ message: String, _ container: NodePath) -> NodePath {
        let resources = container.appending("resources")
        let text = message.lowercased()
        if text.contains("nvidia.com/gpu") { return resources.appending("limits").appending("nvidia.com/gpu") }
        if text.contains("insufficient memory") { return resources.appending("requests").appending("memory") }
        if text.contains("insufficient cpu") { return resources.appending("requests").appending("cpu") }
        if text.contains("insufficient ephemeral-storage") {
            return resources.appending("requests").appending("ephemeral-storage")
        }
        if text.contains("node selector") || text.contains("affinity") || text.contains("match pod's node") {
            return pod.appending("nodeSelector")
        }
        if text.contains("taint") { return pod.appending("tolerations") }
        if text.contains("persistentvolumeclaim") || text.contains("volume") { return pod.appending("volumes") }
        return resources
    }

    private func creation(_ message: String, _ container: NodePath) -> NodePath {
        if message.contains("service account") || message.contains("serviceaccount") {
            return pod.appending("serviceAccountName")
        }
        let resources = container.appending("resources")
        if message.contains("exceeded quota") {
            for resource in ["memory", "cpu", "ephemeral-storage"] where message.contains("requests.\(resource)") {
                return resources.appending("requests").appending(resource)
            }
            for resource in ["memory", "cpu"] where message.contains("limits.\(resource)") {
                return resources.appending("limits").appending(resource)
            }
            if message.contains("nvidia.com/gpu") { return resources.appending("limits").appending("nvidia.com/gpu") }
        }
        return resources
    }
}
