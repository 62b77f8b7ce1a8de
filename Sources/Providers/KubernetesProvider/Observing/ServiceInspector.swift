import Diagnostics
import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

/// Looks into one service: what the cluster says of its objects, what happened to them, and why it is not healthy.
struct ServiceInspector: Sendable {
    private static let maximumEvents = 15

    let cluster: Cluster
    let releases: any ReleaseStore

    func inspect(_ status: ServiceStatus) async throws -> ServiceInspection {
        let service = status.service
        async let deployment = cluster.api.get(.deployment, namespace: service.namespace, name: service.name.value)
        async let autoscaler = autoscaler(service)
        async let events = events(service)
        let objects = try await [deployment, autoscaler].compactMap(\.self)
        let happened = await events
        let problem = [.failed, .degraded].contains(status.state) ? await problem(status, happened) : nil
        return ServiceInspection(
            status: status, conditions: objects.flatMap(Self.conditions(of:)),
            events: happened.compactMap(Self.event).sorted { $0.time > $1.time }.prefix(Self.maximumEvents).map(\.self),
            problem: problem)
    }

    private func autoscaler(_ service: ServiceIdentity) async -> Node? {
        let types = try? await cluster.discovery.types()
        guard
            let type = types?.versions(group: "autoscaling", kind: "HorizontalPodAutoscaler").first(where: {
                $0.version.hasPrefix("v2")
            })
        else { return nil }
        return try? await cluster.api.get(type, namespace: service.namespace, name: service.name.value)
    }

    /// None for whoever may not read events.
    private func events(_ service: ServiceIdentity) async -> [Node] {
        let selection = Selection(.event, namespace: service.namespace)
        let name = service.name.value
        let found = try? await cluster.api.list(selection) { event -> Node? in
            let object = event["involvedObject"]
            guard let subject = object?["name"]?.string else { return nil }
            // Pods and their sets are called after the Deployment, and so may those of another service be.
            switch object?["kind"]?.string {
            case "Pod": return Self.isNamed(subject, after: name, parts: 2) ? event : nil
            case "ReplicaSet": return Self.isNamed(subject, after: name, parts: 1) ? event : nil
            default: return subject == name || subject == "\(name)-data" ? event : nil
            }
        }
        return found?.items ?? []
    }

    /// Whether `subject` is the name, and so many generated parts.
    private static func isNamed(_ subject: String, after name: String, parts: Int) -> Bool {
        guard subject.hasPrefix("\(name)-") else { return false }
        return subject.dropFirst(name.count + 1).split(separator: "-", omittingEmptySubsequences: false).count == parts
    }

    // MARK: The cause

    /// Nil where nothing certain is known, or the release cannot be read.
    private func problem(_ status: ServiceStatus, _ events: [Node]) async -> Diagnostic? {
        let service = status.service
        guard
            let history = try? await releases.releases(of: service),
            let release = history.first(where: { $0.revision == status.revision }) ?? history.last,
            let objects = try? await cluster.desired(release.resources),
            let workload = objects.first(where: { $0.identity.kind == "Deployment" })
        else { return nil }
        let selector = RolloutWaiter.selector(of: workload.manifest)
        func list(_ type: ResourceType) async throws -> [Node] {
            try await cluster.api.list(Selection(type, namespace: service.namespace, labels: selector)).items
        }
        let board = RolloutBoard(nil, CauseGraces())
        do {
            async let sets = list(.replicaSet)
            async let pods = list(.pod)
            let live = try await cluster.api.get(.deployment, namespace: service.namespace, name: service.name.value)
            board.see(workload: .all([live].compactMap(\.self)))
            board.see(replicaSet: .all(try await sets))
            board.see(pod: .all(try await pods))
            board.see(warning: .all(events.filter { $0["type"]?.string == "Warning" }))
        } catch {
            return nil
        }
        let claims = objects.filter { $0.identity.kind == "PersistentVolumeClaim" }.map(\.manifest)
        return await CauseReport(cluster: cluster, provider: status.provider, claims: claims).standing(
            workload, board.state)
    }

    // MARK: Reading

    private static func conditions(of object: Node) -> [ServiceInspection.Condition] {
        (object.value("status", "conditions")?.sequence ?? []).map { condition in
            ServiceInspection.Condition(
                subject: "\(object.kindName)/\(object.objectName)", type: condition["type"]?.string ?? "",
                status: condition["status"]?.string ?? "", reason: condition["reason"]?.string ?? "",
                message: condition["message"]?.string ?? "", since: seconds(condition["lastTransitionTime"]))
        }
    }

    private static func event(_ event: Node) -> ServiceInspection.Event? {
        let time =
            seconds(event["lastTimestamp"]) ?? seconds(event.value("series", "lastObservedTime"))
            ?? seconds(event["eventTime"]) ?? seconds(event.value("metadata", "creationTimestamp"))
        guard let time, let reason = event["reason"]?.string else { return nil }
        let subject = event["involvedObject"]
        return ServiceInspection.Event(
            subject: "\(subject?["kind"]?.string ?? "")/\(subject?["name"]?.string ?? "")",
            isWarning: event["type"]?.string == "Warning", reason: reason, message: event["message"]?.string ?? "",
            count: event["count"]?.integer ?? event.value("series", "count")?.integer ?? 1, time: time)
    }

    /// Of RFC 3339, with fractions of seconds or without.
    private static func seconds(_ text: Node?) -> Int? {
        guard let text = text?.string else { return nil }
        let date =
            (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        return date.map { Int($0.timeIntervalSince1970) }
    }
}
