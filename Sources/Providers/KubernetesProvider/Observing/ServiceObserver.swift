import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

/// What services are doing, from a few lists of the whole cluster, however many services there are.
struct ServiceObserver: Sendable {
    private static let ours = "app.kubernetes.io/managed-by=synthdata-infra,app.kubernetes.io/name=synthdata-service"

    let cluster: Cluster
    let provider: ProviderKind

    func observe(_ services: [ServiceIdentity]?) async throws -> [ServiceStatus] {
        // One namespace is listed alone: a user may have no right beyond it.
        let namespaces = Set(services?.map(\.namespace) ?? [])
        let namespace = namespaces.count == 1 ? namespaces.first : nil
        let labels = Self.ours
        async let deployments = cluster.api.list(Selection(.deployment, namespace: namespace, labels: labels)).items
        async let pods = cluster.api.list(Selection(.pod, namespace: namespace, labels: labels)) { PodSummary($0) }
            .items
        async let revisions = revisions(namespace)
        async let scales = ScaleRecords(api: cluster.api).read(in: namespace)
        let byService = Dictionary(grouping: try await pods, by: \.service)
        let known = try await revisions
        let scaled = try await scales
        let wanted = services.map(Set.init)
        // For a fleet it would be two more lists of everything.
        let places = services == nil ? [:] : try await places(namespace)
        return try await deployments.compactMap { deployment -> ServiceStatus? in
            guard let identity = Self.identity(of: deployment), wanted?.contains(identity) != false else { return nil }
            return status(
                deployment, identity, byService[identity] ?? [], known[identity], places[identity] ?? [],
                scaled[identity])
        }.sorted { $0.service < $1.service }
    }

    /// The revision of each service that was applied last.
    private func revisions(_ namespace: String?) async throws -> [ServiceIdentity: Int] {
        let labels = "\(RecordMetadata.recordLabel)=\(InventoryStore.record)"
        var revisions: [ServiceIdentity: Int] = [:]
        for object in try await cluster.api.listMetadata(Selection(.configMap, namespace: namespace, labels: labels)) {
            let name = object.value("metadata", "labels", RecordMetadata.serviceLabel)?.string
            guard let name = name.flatMap({ try? ServiceName($0) }), let namespace = object.objectNamespace else {
                continue
            }
            revisions[ServiceIdentity(name: name, namespace: namespace)] = InventoryStore.revision(of: object)
        }
        return revisions
    }

    /// The objects that tell where services answer.
    private func places(_ namespace: String?) async throws -> [ServiceIdentity: [Node]] {
        let types = try await cluster.discovery.types()
        let kinds = [("v1", "Service"), ("networking.k8s.io/v1", "Ingress")]
            .compactMap { types.type(apiVersion: $0.0, kind: $0.1) }
        let objects = try await cluster.concurrently(kinds) { type in
            try await cluster.api.list(Selection(type, namespace: namespace, labels: Self.ours)).items
        }.joined()
        return objects.reduce(into: [:]) { places, object in
            if let identity = Self.identity(of: object) { places[identity, default: []].append(object) }
        }
    }

    static func identity(of object: Node) -> ServiceIdentity? {
        guard let name = object.value("metadata", "labels", "app.kubernetes.io/instance")?.string,
            let name = try? ServiceName(name), let namespace = object.objectNamespace
        else { return nil }
        return ServiceIdentity(name: name, namespace: namespace)
    }

    private func status(
        _ deployment: Node, _ identity: ServiceIdentity, _ pods: [PodSummary], _ revision: Int?, _ places: [Node],
        _ scale: ScaleOverride?
    ) -> ServiceStatus? {
        let labels = deployment.value("metadata", "labels")
        guard let dataType = labels?["synthdata.io/data-type"]?.string.flatMap(DataType.init(rawValue:)),
            let environment = labels?["synthdata.io/environment"]?.string
                .flatMap(DeploymentEnvironment.init(rawValue:))
        else { return nil }
        let desired = deployment.value("spec", "replicas")?.integer ?? 1
        let ready = deployment.value("status", "readyReplicas")?.integer ?? 0
        let (state, cause) = Self.state(deployment, pods, desired: desired, ready: ready)
        let created = deployment.value("metadata", "creationTimestamp")?.string
            .flatMap { try? Date($0, strategy: .iso8601) }
        return ServiceStatus(
            service: identity, dataType: dataType, provider: provider, environment: environment,
            version: labels?["app.kubernetes.io/version"]?.string ?? "", revision: revision ?? 0, state: state,
            cause: cause, desiredReplicas: desired, readyReplicas: ready, replicas: pods.map(\.replica),
            scaleOverride: scale, recordsPerHour: nil, cpuUsage: nil, memoryUsage: nil, gpuUsage: nil,
            endpoint: ServiceEndpoint(manifests: places).url,
            created: created.map { Int($0.timeIntervalSince1970) } ?? 0)
    }

    private static func state(
        _ deployment: Node, _ pods: [PodSummary], desired: Int, ready: Int
    ) -> (ServiceStatus.State, String?) {
        let readiness = Readiness(of: deployment)
        if readiness.state == .terminating { return (.stopped, readiness.message) }
        if desired == 0 { return (.stopped, nil) }
        if readiness.state == .current { return (.healthy, nil) }
        let cause =
            pods.lazy.compactMap(\.cause).first.map { "\($0.pod ?? "a pod"): \($0.message)" } ?? readiness.message
        if readiness.state == .failed || pods.contains(where: { $0.cause?.isCertain == true }) {
            return (ready == 0 ? .failed : .degraded, cause)
        }
        let updated = deployment.value("status", "updatedReplicas")?.integer ?? 0
        let total = deployment.value("status", "replicas")?.integer ?? 0
        if updated < total || total > desired { return (updated < total ? .updating : .scaling, cause) }
        return (total < desired || ready == 0 ? .scaling : .degraded, cause)
    }
}

/// What a status tells of one pod.
struct PodSummary: Sendable {
    let service: ServiceIdentity
    let replica: ServiceStatus.Replica
    let cause: PodCause?

    init?(_ pod: Node) {
        guard let service = ServiceObserver.identity(of: pod) else { return nil }
        self.service = service
        cause = PodCause.cause(of: pod)
        let statuses = pod.value("status", "containerStatuses")?.sequence ?? []
        let started = pod.value("status", "startTime")?.string.flatMap { try? Date($0, strategy: .iso8601) }
        let state: String =
            if pod.isTerminating {
                "stopping"
            } else if Readiness(of: pod).state == .current {
                "ready"
            } else {
                cause?.isCertain == true ? "failed" : "starting"
            }
        replica = ServiceStatus.Replica(
            name: pod.objectName, state: state,
            restarts: statuses.reduce(0) { $0 + ($1["restartCount"]?.integer ?? 0) },
            started: started.map { Int($0.timeIntervalSince1970) }, revision: 0)
    }
}
