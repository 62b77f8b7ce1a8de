package import Diagnostics
import Documents
import ServiceModel

/// Names and places that are somebody else's: the cluster's, the container's, or the tool's own.
extension CrossFieldRules {
    /// https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
    mutating func checkNamespace() {
        guard areValid("deployment.namespace"), let namespace = settings.value("deployment", "namespace"),
            let name = namespace.string, name.hasPrefix("kube-")
        else { return }
        report(
            .reservedNamespace, "services cannot live in the namespace `\(name)`", at: namespace.location,
            why: "namespaces that begin with `kube-` are the cluster's own",
            fix: "choose another one, such as `synthdata`")
    }

    /// Labels that the tool would set over the configured ones.
    mutating func checkStandardLabels() {
        guard areValid("deployment.labels", "deployment.version") else { return }
        let version = settings.value("deployment", "version") ?? ""
        let standard = StandardLabels.labels(serviceName, dataType, environment, version: version)
        for entry in settings.value("deployment", "labels")?.mapping?.entries ?? [] {
            let own = standard[entry.key]
            guard own != nil || entry.key.hasPrefix(StandardLabels.ownPrefix), own != entry.value else { continue }
            report(
                .reservedLabel, "`deployment.labels` cannot set `\(entry.key)`", at: entry.keyLocation,
                why: own.map { "the tool sets it itself, to `\($0.plainText)`" }
                    ?? "labels that begin with `\(StandardLabels.ownPrefix)` are the tool's own",
                fix: "remove it, or use a key of your own, such as `example.com/team`")
        }
    }

    /// Where the deployment itself mounts something, which the volume would hide.
    private static let mounts = ["/etc/synthdata", "/tmp", "/var/run/secrets", "/run/secrets"]

    /// Folders of the container's system, at any depth: the workload would not start without them, and nothing
    /// can be mounted in some.
    private static let system = [
        "/bin", "/boot", "/dev", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr", "/etc/synthdata",
        "/var/run/secrets", "/run/secrets",
    ]

    mutating func checkMountPath() {
        guard areValid("storage.mount_path"), let path = settings.value("storage", "mount_path"),
            let text = path.string
        else { return }
        let parts = Self.parts(text)
        let why: String
        if let system = Self.system.first(where: { parts.starts(with: Self.parts($0)) }) {
            why = "`\(system)` is the container's own"
        } else if let mount = Self.mounts.first(where: { Self.parts($0).starts(with: parts) }) {
            why = "the volume would hide `\(mount)`, where the deployment mounts something else"
        } else {
            return
        }
        report(
            .takenPath, "`storage.mount_path` cannot be `\(text)`", at: path.location, why: why,
            fix: "choose a path of its own, such as `/data`")
    }

    /// The names in a path, whatever slashes and dots are between them.
    private static func parts(_ path: String) -> [Substring] {
        path.split(separator: "/").filter { $0 != "." }
    }
}

extension Diagnostic.Code {
    package static let reservedNamespace = Self("config.reserved-namespace")
    package static let reservedLabel = Self("config.reserved-label")
    package static let takenPath = Self("config.taken-path")
}
