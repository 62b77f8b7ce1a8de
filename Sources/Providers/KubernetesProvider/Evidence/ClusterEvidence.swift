import Diagnostics
import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

/// Reads what a cluster knows of one service: its objects, ReplicaSets, pods, their logs, and events.
///
/// Secrets are read to know what must not be written, and nothing else of them is kept.
struct ClusterEvidence: Sendable {
    private static let logLines = 500

    let cluster: Cluster
    let service: ServiceIdentity

    func gathered(_ resources: [Resource]) async -> Evidence {
        var evidence = Evidence()
        var uids: Set<String> = []
        for resource in resources where resource.identity.kind != "Secret" {
            let identity = resource.identity
            await add("objects/\(identity.kind)-\(identity.name).yaml", to: &evidence) { evidence, path in
                guard let type = try await cluster.type(of: identity),
                    let live = try await cluster.api.get(
                        type, namespace: type.isNamespaced ? service.namespace : nil, name: identity.name)
                else { return evidence.items.append(.init(path, .unreadable("it is not there"))) }
                if let uid = live.objectUID { uids.insert(uid) }
                evidence.items.append(.init(path, .document(Self.readable(live))))
            }
        }
        let replicaSets = ResourceType(
            group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", isNamespaced: true)
        let labels = PodLogs.selector(of: service)
        for (type, folder) in [(replicaSets, "replicasets"), (.pod, "pods")] {
            await add(folder, to: &evidence) { evidence, _ in
                let selection = Selection(type, namespace: service.namespace, labels: labels)
                for object in try await cluster.api.list(selection).items {
                    if let uid = object.objectUID { uids.insert(uid) }
                    evidence.items.append(
                        .init("\(folder)/\(object.objectName).yaml", .document(Self.readable(object))))
                    guard type == .pod else { continue }
                    await addLogs(of: object, to: &evidence)
                    await addSecrets(of: object, to: &evidence)
                }
            }
        }
        await addEvents(about: uids, to: &evidence)
        return evidence
    }

    /// Runs one reading; where it fails, the reason stands in its place.
    private func add(
        _ path: String, to evidence: inout Evidence, _ work: (inout Evidence, String) async throws -> Void
    ) async {
        do {
            try await work(&evidence, path)
        } catch {
            evidence.items.append(.init(path, .unreadable(Self.reason(error))))
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let status = error as? APIStatus { return ServerRefusal.diagnostic(status, nil).what }
        return (error as? Diagnostic)?.what ?? "\(error)"
    }

    private func addLogs(of pod: Node, to evidence: inout Evidence) async {
        for container in ["initContainerStatuses", "containerStatuses"]
            .flatMap({ pod.value("status", $0)?.sequence ?? [] })
        {
            guard let name = container["name"]?.string else { continue }
            let hasRunBefore = container["restartCount"]?.integer ?? 0 > 0
            let hasStarted = hasRunBefore || container.value("state", "waiting") == nil
            for isPrevious in [false, true] where isPrevious ? hasRunBefore : hasStarted {
                let path = "pods/\(pod.objectName)/\(name)\(isPrevious ? ".previous" : "").log"
                await add(path, to: &evidence) { evidence, path in
                    let text = try await cluster.api.logTail(
                        namespace: service.namespace, pod: pod.objectName, container: name, lines: Self.logLines,
                        previous: isPrevious)
                    evidence.items.append(.init(path, .text(text)))
                }
            }
        }
    }

    /// The values of Secrets that a pod refers to: a program may have written them to its log.
    private func addSecrets(of pod: Node, to evidence: inout Evidence) async {
        evidence.secrets.formUnion(Scrubber.secretValues(in: pod))
        for name in Self.secretNames(in: pod["spec"] ?? .null).sorted() {
            let type = ResourceType(group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true)
            await add("secret \(name), whose values logs may have", to: &evidence) { evidence, path in
                guard
                    let secret = try await cluster.api.get(type, namespace: service.namespace, name: name)
                else { return }
                // Of a service account's, only the token is secret: its namespace stands everywhere.
                let isAccount = secret["type"]?.string == "kubernetes.io/service-account-token"
                for entry in secret["data"]?.mapping?.entries ?? [] where !isAccount || entry.key == "token" {
                    guard let encoded = entry.value.string, let data = Data(base64Encoded: encoded) else { continue }
                    evidence.secrets.insert(encoded)
                    evidence.secrets.insert(String(decoding: data, as: UTF8.self))
                }
            }
        }
    }

    /// `secretKeyRef: {name}`, `secretRef: {name}`, `secret: {secretName}`.
    private static func secretNames(in node: Node) -> Set<String> {
        switch node.content {
        case .sequence(let items): return items.reduce(into: []) { $0.formUnion(secretNames(in: $1)) }
        case .mapping(let mapping):
            return mapping.entries.reduce(into: []) { names, entry in
                switch entry.key {
                case "secretKeyRef", "secretRef": entry.value["name"]?.string.map { _ = names.insert($0) }
                case "secretName": entry.value.string.map { _ = names.insert($0) }
                default: names.formUnion(secretNames(in: entry.value))
                }
            }
        default: return []
        }
    }

    private func addEvents(about uids: Set<String>, to evidence: inout Evidence) async {
        await add("cluster-events.txt", to: &evidence) { evidence, path in
            let type = ResourceType(group: "", version: "v1", kind: "Event", plural: "events", isNamespaced: true)
            let events = try await cluster.api.list(Selection(type, namespace: service.namespace)).items
            let lines = events.filter { event in
                event.value("involvedObject", "uid")?.string.map(uids.contains) ?? false
            }.map { event -> String in
                let time =
                    event["lastTimestamp"]?.string ?? event["eventTime"]?.string
                    ?? event.value("metadata", "creationTimestamp")?.string ?? "-"
                let object = event["involvedObject"]
                return [
                    time, event["type"]?.string ?? "", event["reason"]?.string ?? "",
                    "\(object?["kind"]?.string ?? "")/\(object?["name"]?.string ?? "")",
                    event["message"]?.string ?? "", event["count"]?.integer.map { "(\($0) times)" } ?? "",
                ].joined(separator: " ")
            }.sorted()
            evidence.items.append(.init(path, .text(lines.joined(separator: "\n"))))
        }
    }

    /// Without the server's bookkeeping, which tells nobody anything.
    private static func readable(_ object: Node) -> Node {
        guard var fields = object.mapping, var metadata = fields["metadata"]?.mapping else { return object }
        metadata.remove("managedFields")
        fields["metadata"] = .mapping(metadata)
        return .mapping(fields)
    }
}
