import ConfigurationManager
import Diagnostics
import Documents
import ResourceManager
import ServiceModel

/// What the engine decided about a service, as templates see it under `service`.
///
/// Policy is here, so that templates only give it a shape. Every value stands at the configuration line
/// that it follows from.
struct ServiceFacts {
    private let spec: DeploymentSpec
    private let settings: Node
    private let pool: NodePool?

    init(_ spec: DeploymentSpec) {
        self.spec = spec
        settings = spec.settings
        pool = NodePool(spec)
    }

    var node: Node {
        .mapping(
            Mapping(uniqueEntries: [
                .init("name", .string(spec.service.name.value)),
                .init("namespace", settings.value("deployment", "namespace") ?? .string(spec.service.namespace)),
                .init("type", .string(spec.dataType.rawValue)),
                .init("provider", .string(spec.provider.rawValue)),
                .init("environment", .string(spec.environment.rawValue)),
                .init("version", settings.value("deployment", "version") ?? .string(spec.version)),
                .init("image", .string(spec.image.text, at: spec.image.location)),
                .init("replicas", replicas),
                .init("maximum_replicas", .integer(max(spec.replicas, spec.scaling?.maximum ?? 0))),
                .init("replicas_overlap", .bool(replicasOverlap)),
                .init("labels", .mapping(labels)),
                .init("selector", .mapping(selector)),
                .init("gpu", gpu),
                .init("node_selector", nodeSelector),
                .init("tolerations", tolerations),
                .init("scaling", scaling),
                .init("startup", startup),
                .init("data_path", settings.value("storage", "mount_path") ?? "/data"),
                .init("ingress", ingress),
                .init("callers", callers),
            ]))
    }

    private var replicas: Node { settings.value("deployment", "replicas") ?? .integer(spec.replicas) }

    // MARK: Labels

    private var selector: Mapping { StandardLabels.selector(spec.service.name) }

    /// The labels of the configuration and the standard ones.
    private var labels: Mapping {
        var labels = settings.value("deployment", "labels")?.mapping ?? Mapping()
        let version = Node.string(spec.version, at: settings.value("deployment", "version")?.location ?? .unknown)
        let standard = StandardLabels.labels(spec.service.name, spec.dataType, spec.environment, version: version)
        for entry in standard.entries { labels[entry.key] = entry.value }
        return labels
    }

    // MARK: Placement

    private var gpu: Node {
        guard let gpu = spec.gpu else { return .null }
        let type = settings.value("resources", "gpu", "type") ?? .string(gpu.type)
        let count = settings.value("resources", "gpu", "count") ?? .integer(gpu.count, at: type.location)
        return .mapping(
            Mapping(uniqueEntries: [
                .init("type", type), .init("count", count),
                .init("memory", settings.value("resources", "gpu", "memory") ?? .null),
            ]))
    }

    private var nodeSelector: Node {
        let selector = NodePool.selector(settings, pool: pool)
        return selector.isEmpty ? .null : .mapping(selector)
    }

    private var tolerations: Node {
        let tolerations = NodePool.tolerations(settings, pool: pool)
        return tolerations.isEmpty ? .null : .sequence(tolerations)
    }

    // MARK: Replicas

    private var scaling: Node {
        guard let range = spec.scaling else { return .null }
        let settings = settings["scaling"]
        return .mapping(
            Mapping(uniqueEntries: [
                .init("minimum", .integer(range.minimum, at: (settings?["min_replicas"] ?? replicas).location)),
                .init("maximum", .integer(range.maximum, at: (settings?["max_replicas"] ?? replicas).location)),
            ]))
    }

    /// Whether an old and a new replica may run beside each other: not where only one node, or one pod,
    /// may mount the volume that both need, for the new one would wait for ever.
    private var replicasOverlap: Bool {
        guard settings.value("storage", "enabled")?.bool == true else { return true }
        return settings.value("storage", "access_mode")?.string == "ReadWriteMany"
    }

    /// How often, and how many times, a starting replica is asked whether it is ready.
    private var startup: Node {
        let timeout = settings.value("health", "startup_timeout")
        let period = settings.value("health", "readiness", "period")
        let seconds = max(1, period?.string.flatMap(TimeSpan.init)?.seconds ?? 1)
        let total = timeout?.string.flatMap(TimeSpan.init)?.seconds ?? 0
        return .mapping(
            Mapping(uniqueEntries: [
                .init("period", .integer(seconds, at: period?.location ?? .unknown)),
                .init(
                    "attempts", .integer(max(1, (total + seconds - 1) / seconds), at: timeout?.location ?? .unknown)),
            ]))
    }

    // MARK: Network

    private var ingress: Node {
        let ingress = settings.value("networking", "ingress")
        var annotations = ingress?["annotations"]?.mapping ?? Mapping()
        var ingressClass = ingress?["class"] ?? .null
        // GKE's own controller goes by the annotation alone, and ignores an Ingress with the field:
        // https://cloud.google.com/kubernetes-engine/docs/concepts/ingress
        if ["gce", "gce-internal"].contains(ingressClass.string) {
            annotations["kubernetes.io/ingress.class"] = ingressClass
            ingressClass = .null
        }
        return .mapping(
            Mapping(uniqueEntries: [
                .init("host", host(ingress)), .init("class", ingressClass),
                .init("annotations", annotations.isEmpty ? .null : .mapping(annotations)),
            ]))
    }

    private func host(_ ingress: Node?) -> Node {
        if let host = ingress?["host"] { return host }
        guard let domain = ingress?["domain"], let text = domain.string else { return .null }
        return .string("\(spec.service.name).\(text)", at: domain.location)
    }

    /// Who may open connections to the service, besides its own namespace: other namespaces, and ranges
    /// of addresses. Null where anybody may.
    private var callers: Node {
        if let type = settings.value("networking", "service_type")?.string, type != "ClusterIP" { return .null }
        var namespaces = settings.value("security", "network_policies", "allow_from_namespaces")?.sequence ?? []
        var addresses: [Node] = []
        if let ingress = settings.value("networking", "ingress"), ingress["enabled"]?.bool == true {
            namespaces += ingress["controller_namespaces"]?.sequence ?? []
            addresses = ingress["controller_addresses"]?.sequence ?? []
        }
        if let prometheus = settings.value("monitoring", "prometheus"), prometheus["enabled"]?.bool == true {
            namespaces += [prometheus["namespace"]].compactMap(\.self)
        }
        return .mapping(
            Mapping(uniqueEntries: [
                .init("namespaces", .sequence(namespaces)), .init("addresses", .sequence(addresses)),
            ]))
    }
}
