import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

/// What services are doing, from a few lists of the whole cluster, however many services there are.
struct ServiceObserver: Sendable {
    static let ours = "app.kubernetes.io/managed-by=synthdata-infra,app.kubernetes.io/name=synthdata-service"

    let cluster: Cluster
    let provider: ProviderKind
    let measurement: ServiceMeasurement

    func observe(_ services: [ServiceIdentity]) async throws -> [ServiceStatus] {
        // One namespace is listed alone: a user may have no right beyond it.
        let namespaces = Set(services.map(\.namespace))
        return try await observe(
            Set(services), in: namespaces.count == 1 ? namespaces.first : nil, withEndpoints: true)
    }

    /// - Parameters:
    ///   - wanted: nil means all that there are.
    ///   - namespace: the only one to look into; nil means all.
    ///   - withEndpoints: two more lists.
    func observe(
        _ wanted: Set<ServiceIdentity>? = nil, in namespace: String?, withEndpoints: Bool
    ) async throws -> [ServiceStatus] {
        let labels = Self.ours
        async let deployments = cluster.api.list(Selection(.deployment, namespace: namespace, labels: labels)).items
        async let pods = cluster.api.list(Selection(.pod, namespace: namespace, labels: labels)) { PodSummary($0) }
            .items
        async let revisions = revisions(namespace)
        async let scales = ScaleRecords(api: cluster.api).read(in: namespace)
        async let places = withEndpoints ? places(namespace) : [:]
        let byService = Dictionary(grouping: try await pods, by: \.service)
        let known = try await revisions
        let scaled = try await scales
        let chosen = try await deployments.compactMap { deployment in
            Self.identity(of: deployment).flatMap { wanted?.contains($0) == false ? nil : ($0, deployment) }
        }
        let measured = await measurement.read(
            chosen.map { identity, deployment in
                .init(service: identity, deployment: deployment, pods: (byService[identity] ?? []).map(\.facts))
            }, in: namespace, labels: labels)
        let found = try await places
        return chosen.compactMap { identity, deployment in
            status(
                deployment, identity, byService[identity] ?? [], known[identity], found[identity] ?? [],
                scaled[identity], measured[identity])
        }.sorted { $0.service < $1.service }
    }

    /// The revision of each service that was applied last.
    private func revisions(_ namespace: String?) async throws -> [ServiceIdentity: Int] {
        let labels = "\(RecordMetadata.recordLabel)=\(InventoryStore.record)"
        var revisions: [ServiceIdentity: Int] = [:]
        for object in try await cluster.api.listMetadata(Selection(.configMap, namespace: namespace, labels: labels)) {
            if let service = RecordMetadata.service(of: object) {
                revisions[service] = InventoryStore.revision(of: object)
            }
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
        _ scale: ScaleOverride?, _ measured: ServiceMeasurement.Result?
    ) -> ServiceStatus? {
        let labels = deployment.value("metadata", "labels")
        guard let dataType = labels?["synthdata.io/data-type"]?.string.flatMap(DataType.init(rawValue:)),
            let environment = labels?["synthdata.io/environment"]?.string
                .flatMap(DeploymentEnvironment.init(rawValue:))
        else { return nil }
        let state = ServiceState(deployment, pods)
        let created = deployment.value("metadata", "creationTimestamp")?.string
            .flatMap { try? Date($0, strategy: .iso8601) }
        return ServiceStatus(
            service: identity, dataType: dataType, provider: provider, environment: environment,
            version: labels?["app.kubernetes.io/version"]?.string ?? "", revision: revision ?? 0, state: state.word,
            cause: state.cause, desiredReplicas: deployment.value("spec", "replicas")?.integer ?? 1,
            readyReplicas: deployment.value("status", "readyReplicas")?.integer ?? 0,
            replicas: PodSummary.replicas(pods, of: deployment, revision: revision ?? 0), scaleOverride: scale,
            recordsPerHour: measured?.recordsPerHour, throughputWindow: measured?.window,
            throughputReplicas: measured?.replicas, throughputProblem: measured?.problem, cpuUsage: measured?.cpu,
            memoryUsage: measured?.memory,
            gpuUsage: measured?.gpu, endpoint: ServiceEndpoint(manifests: places).url,
            created: created.map { Int($0.timeIntervalSince1970) } ?? 0)
    }
}
