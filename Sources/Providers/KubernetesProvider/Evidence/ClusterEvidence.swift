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

    private let cluster: Cluster
    private let service: ServiceIdentity
    private let limits: EvidenceLimits
    private let end: ContinuousClock.Instant

    /// The time begins now.
    init(cluster: Cluster, service: ServiceIdentity, limits: EvidenceLimits) {
        self.cluster = cluster
        self.service = service
        self.limits = limits
        end = .now + limits.time
    }

    /// Objects that were found, and the files for them and for what could not be read.
    private struct Found: Sendable {
        var objects: [Node] = []
        var items: [Evidence.Item] = []
    }

    func gathered(_ resources: [Resource]) async -> Evidence {
        async let wanted = objects(resources)
        async let replicaSets = listed(.replicaSet, in: "replicasets")
        let pods = await listed(.pod, in: "pods")
        // Whatever the time: what logs must not hold is known before there are logs.
        var evidence = await secrets(of: pods.objects)
        let unread = evidence.items
        let ready = pods.objects.filter(Self.isReady)
        let ordered = pods.objects.filter { !Self.isReady($0) } + ready
        async let logs = logs(of: ordered.prefix(limits.pods))
        let others = await [wanted, replicaSets]
        let events = await events(about: Set((others.flatMap(\.objects) + ordered).compactMap(\.objectUID)))
        evidence.items = others.flatMap(\.items) + pods.items
        evidence.items += ordered.prefix(limits.pods).map { Self.item("pods", $0) }
        if ordered.count > limits.pods {
            let names = ordered.dropFirst(limits.pods).map {
                "\($0.objectName)  \(Self.isReady($0) ? "ready" : "not ready")"
            }
            evidence.items.append(.init("pods/left-out.txt", .text(names.joined(separator: "\n"))))
        }
        evidence.items += await logs + unread + [events]
        return evidence
    }

    private static func isReady(_ pod: Node) -> Bool { Readiness(of: pod).state == .current }

    /// What is wanted, as it is.
    private func objects(_ resources: [Resource]) async -> Found {
        let identities = resources.map(\.identity).filter { $0.kind != "Secret" }
        return await each(identities) { identity -> Found in
            let path = "objects/\(identity.kind)-\(identity.name).yaml"
            let reading = await read { () -> Node? in
                guard let type = try await cluster.type(of: identity) else { return nil }
                return try await cluster.api.get(
                    type, namespace: type.isNamespaced ? service.namespace : nil, name: identity.name)
            }
            switch reading {
            case .success(let live?):
                return Found(objects: [live], items: [.init(path, .document(Self.readable(live)))])
            case .success(nil): return Found(items: [.init(path, .unreadable("it is not there"))])
            case .failure(let unread): return Found(items: [.init(path, .unreadable(unread.reason))])
            }
        }.reduce(into: Found()) { all, found in
            all.objects += found.objects
            all.items += found.items
        }
    }

    /// The service's objects of a type; those of pods get no files yet.
    private func listed(_ type: ResourceType, in folder: String) async -> Found {
        let selection = Selection(type, namespace: service.namespace, labels: PodLogs.selector(of: service))
        switch await read({ try await cluster.api.list(selection).items }) {
        case .success(let objects):
            return Found(objects: objects, items: type == .pod ? [] : objects.map { Self.item(folder, $0) })
        case .failure(let unread): return Found(items: [.init(folder, .unreadable(unread.reason))])
        }
    }

    private static func item(_ folder: String, _ object: Node) -> Evidence.Item {
        Evidence.Item("\(folder)/\(object.objectName).yaml", .document(readable(object)))
    }

    /// One container's log of this run or of the one before.
    private struct Log: Sendable {
        let pod: String
        let container: String
        let isPrevious: Bool

        var path: String { "pods/\(pod)/\(container)\(isPrevious ? ".previous" : "").log" }
    }

    private func logs(of pods: some Sequence<Node>) async -> [Evidence.Item] {
        await each(pods.flatMap(Self.logs)) { log in
            let reading = await read {
                try await cluster.api.logTail(
                    namespace: service.namespace, pod: log.pod, container: log.container, lines: Self.logLines,
                    previous: log.isPrevious)
            }
            switch reading {
            case .success(let text): return Evidence.Item(log.path, .text(text))
            case .failure(let unread): return Evidence.Item(log.path, .unreadable(unread.reason))
            }
        }
    }

    private static func logs(of pod: Node) -> [Log] {
        let statuses = ["initContainerStatuses", "containerStatuses"].flatMap {
            pod.value("status", $0)?.sequence ?? []
        }
        return statuses.flatMap { status -> [Log] in
            guard let name = status["name"]?.string else { return [] }
            let hasRunBefore = status["restartCount"]?.integer ?? 0 > 0
            let hasStarted = hasRunBefore || status.value("state", "waiting") == nil
            return [false, true].filter { $0 ? hasRunBefore : hasStarted }.map {
                Log(pod: pod.objectName, container: name, isPrevious: $0)
            }
        }
    }

    /// The values of Secrets that pods refer to: a program may have written them to its log.
    private func secrets(of pods: [Node]) async -> Evidence {
        let names = pods.reduce(into: Set<String>()) { $0.formUnion(Self.secretNames(in: $1["spec"] ?? .null)) }
        let parts = await each(names.sorted()) { name -> Evidence in
            switch await read({ try await values(ofSecret: name) }) {
            case .success(let values): return Evidence(secrets: values)
            case .failure(let unread):
                return Evidence([.init("secret \(name), whose values logs may have", .unreadable(unread.reason))])
            }
        }
        let known = pods.map(Scrubber.secretValues) + parts.map(\.secrets)
        return Evidence(parts.flatMap(\.items), secrets: known.reduce(into: []) { $0.formUnion($1) })
    }

    private func values(ofSecret name: String) async throws -> Set<String> {
        guard let secret = try await cluster.api.get(.secret, namespace: service.namespace, name: name) else {
            return []
        }
        // Of a service account's, only the token is secret: its namespace stands everywhere.
        let isAccount = secret["type"]?.string == "kubernetes.io/service-account-token"
        var values: Set<String> = []
        for entry in secret["data"]?.mapping?.entries ?? [] where !isAccount || entry.key == "token" {
            guard let encoded = entry.value.string, let data = Data(base64Encoded: encoded) else { continue }
            values.formUnion([encoded, String(decoding: data, as: UTF8.self)])
        }
        return values
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

    private func events(about uids: Set<String>) async -> Evidence.Item {
        let path = "cluster-events.txt"
        switch await read({ try await cluster.api.list(Selection(.event, namespace: service.namespace)).items }) {
        case .success(let events):
            let lines = events.filter { event in
                event.value("involvedObject", "uid")?.string.map(uids.contains) ?? false
            }.map(Self.line).sorted()
            return Evidence.Item(path, .text(lines.joined(separator: "\n")))
        case .failure(let unread): return Evidence.Item(path, .unreadable(unread.reason))
        }
    }

    private static func line(_ event: Node) -> String {
        let time =
            event["lastTimestamp"]?.string ?? event["eventTime"]?.string
            ?? event.value("metadata", "creationTimestamp")?.string ?? "-"
        let object = event["involvedObject"]
        return [
            time, event["type"]?.string ?? "", event["reason"]?.string ?? "",
            "\(object?["kind"]?.string ?? "")/\(object?["name"]?.string ?? "")",
            event["message"]?.string ?? "", event["count"]?.integer.map { "(\($0) times)" } ?? "",
        ].joined(separator: " ")
    }

    private func each<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async -> Value
    ) async -> [Value] {
        // Nothing is thrown where the work throws nothing.
        (try? await cluster.concurrently(items, work)) ?? []
    }

    /// Why something could not be read.
    private struct Unread: Error {
        let reason: String
    }

    /// One reading, until the time is over.
    private func read<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async -> Result<Value, Unread> {
        let result = await Deadline.value(within: ContinuousClock.now.duration(to: end)) {
            do {
                return Result<Value, Unread>.success(try await work())
            } catch {
                return .failure(Unread(reason: Self.reason(error)))
            }
        }
        return result ?? .failure(Unread(reason: "it did not come in time"))
    }

    private static func reason(_ error: any Error) -> String {
        if let status = error as? APIStatus { return ServerRefusal.diagnostic(status, nil).what }
        return (error as? Diagnostic)?.what ?? "\(error)"
    }

    /// Without the server's bookkeeping, which tells nobody anything.
    private static func readable(_ object: Node) -> Node {
        guard var fields = object.mapping, var metadata = fields["metadata"]?.mapping else { return object }
        metadata.remove("managedFields")
        fields["metadata"] = .mapping(metadata)
        return .mapping(fields)
    }
}
