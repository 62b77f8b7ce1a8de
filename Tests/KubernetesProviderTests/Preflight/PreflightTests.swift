import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// What stops a deployment to a real cluster before the first write.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct PreflightTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let layer: String
        /// The part of the layer that the problem is told at; nil where it is not the layer's.
        var culprit: String?
        let code: String
        let says: [String]
        /// What stands in the namespace beforehand.
        var others: [Node] = []
        /// What the server itself says where nobody looks ahead; nil where it is not asked.
        var refusal: String?

        var testDescription: String { name }
    }

    private static func object(_ apiVersion: String, _ kind: String, _ name: String, _ spec: Node) -> Node {
        ["apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": ["name": .string(name)], "spec": spec]
    }

    private static func quota(_ hard: Node) -> Node { object("v1", "ResourceQuota", "quota", ["hard": hard]) }

    private static func range(_ item: Node) -> Node { object("v1", "LimitRange", "range", ["limits": [item]]) }

    private static let variable = "deployment:\n  env:\n    - {name: TOKEN, secret: {name: credentials, key: token}}\n"
    private static let volume = """
        storage:
          enabled: true
          access_mode: ReadWriteOnce
          size: 10Gi
          storage_class: standard

        """

    static let cases: [Case] = [
        // References.
        Case(
            name: "a missing Secret", layer: variable, culprit: "credentials", code: "kubernetes.missing-reference",
            says: ["there is no Secret `credentials`"]),
        Case(
            name: "a missing key of a Secret", layer: variable, culprit: "credentials",
            code: "kubernetes.missing-reference", says: ["Secret `credentials` has no key `token`"],
            others: [["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "credentials"]]]),
        Case(
            name: "a missing Secret of a volume", layer: "security:\n  secrets:\n    - {name: licence}\n",
            culprit: "licence", code: "kubernetes.missing-reference", says: ["there is no Secret `licence`"]),
        Case(
            name: "a missing Secret of the registry", layer: "deployment:\n  image_pull_secrets: [registry]\n",
            culprit: "registry", code: "kubernetes.missing-reference", says: ["there is no Secret `registry`"]),
        Case(
            name: "a missing IngressClass", layer: "networking:\n  ingress: {enabled: true, class: golden}\n",
            culprit: "golden", code: "kubernetes.missing-reference", says: ["there is no IngressClass `golden`"]),
        Case(
            name: "a missing StorageClass", layer: volume.replacing("class: standard", with: "class: golden"),
            culprit: "golden", code: "kubernetes.missing-reference", says: ["there is no StorageClass `golden`"]),
        Case(
            name: "a missing RuntimeClass", layer: "scheduling:\n  runtime_class: golden\n", culprit: "golden",
            code: "kubernetes.missing-reference", says: ["there is no RuntimeClass `golden`"]),
        Case(
            name: "a missing PriorityClass", layer: "scheduling:\n  priority_class: golden\n", culprit: "golden",
            code: "kubernetes.missing-reference", says: ["there is no PriorityClass `golden`"]),
        // Nodes.
        Case(
            name: "no node with so much CPU", layer: "resources:\n  cpu: 64\n", culprit: "64",
            code: "kubernetes.no-room", says: ["replica 1 of 1 finds no node", "too little cpu: 64 asked for"]),
        Case(
            name: "no node with so much memory", layer: "resources:\n  memory: 900Gi\n", culprit: "900Gi",
            code: "kubernetes.no-room", says: ["too little memory: 900Gi asked for"]),
        Case(
            name: "no node with so many GPUs",
            layer: "scheduling: {gpu_node_label: null}\nresources:\n  gpu: {type: t4, count: 16, memory: 16Gi}\n",
            culprit: "16, ", code: "kubernetes.no-room", says: ["too little nvidia.com/gpu: 16 asked for", "at most 4"]),
        Case(
            name: "no node with the label", layer: "scheduling:\n  node_selector: {disk: holographic}\n",
            culprit: "holographic", code: "kubernetes.no-room", says: ["lack the label disk=holographic"]),
        // Quotas.
        Case(
            name: "more CPU than the quota has", layer: "deployment:\n  replicas: 3\nresources:\n  cpu: 500m\n",
            culprit: "500m", code: "kubernetes.quota-exceeded",
            says: ["3 more pods exceed the namespace's quota of requests.cpu", "500m a pod: room for 2 more"],
            others: [quota(["requests.cpu": "1"])], refusal: "exceeded quota: quota, requested: requests.cpu=500m"),
        Case(
            name: "a limit that the quota demands", layer: "resources:\n  cpu: 100m\n",
            code: "kubernetes.quota-exceeded",
            says: ["a pod without a limit of cpu may not be made here", "set resources.limits.cpu"],
            others: [quota(["limits.cpu": "100"])], refusal: "failed quota: quota: must specify limits.cpu"),
        Case(
            name: "more storage than the quota has", layer: volume, culprit: "10Gi",
            code: "kubernetes.quota-exceeded", says: ["exceeded quota: quota, requested: requests.storage=10Gi"],
            others: [quota(["requests.storage": "5Gi"])],
            refusal: "exceeded quota: quota, requested: requests.storage=10Gi"),
        Case(
            name: "no room for the tool's own records", layer: "", code: "kubernetes.quota-exceeded",
            says: ["the namespace's quota of configmaps does not allow 2 more"],
            // One is there already, of the cluster's authority.
            others: [quota(["configmaps": "2"])], refusal: "exceeded quota: quota, requested: configmaps=1"),
        // LimitRanges.
        Case(
            name: "more memory than a container may have", layer: "resources:\n  memory: 96Mi\n", culprit: "96Mi",
            code: "kubernetes.limit-range",
            says: [
                "container `workload` may have at most 80Mi of memory here", "set resources.memory to 80Mi or less",
            ],
            others: [range(["type": "Container", "max": ["memory": "80Mi"]])],
            refusal: "maximum memory usage per Container is 80Mi"),
        Case(
            name: "a default limit below what is asked for", layer: "resources:\n  cpu: 200m\n", culprit: "200m",
            code: "kubernetes.limit-range", says: ["asks for more cpu than the limit that it is given"],
            others: [range(["type": "Container", "default": ["cpu": "100m"]])],
            refusal: "must be less than or equal to cpu limit"),
        Case(
            name: "a limit too far above the request", layer: "resources:\n  cpu: 100m\n  limits: {cpu: '1'}\n",
            culprit: "'1'", code: "kubernetes.limit-range", says: ["has a limit of cpu too far above what it asks for"],
            others: [range(["type": "Container", "maxLimitRequestRatio": ["cpu": "4"]])],
            refusal: "cpu max limit to request ratio per Container is 4"),
        Case(
            name: "more than a pod may have", layer: "resources:\n  memory: 96Mi\n", culprit: "96Mi",
            code: "kubernetes.limit-range", says: ["a pod of Deployment `demo` may have at most 80Mi of memory here"],
            others: [range(["type": "Pod", "max": ["memory": "80Mi"]])],
            refusal: "maximum memory usage per Pod is 80Mi"),
        Case(
            name: "a larger volume than is allowed", layer: volume, culprit: "10Gi", code: "kubernetes.limit-range",
            says: ["maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 10Gi"],
            others: [range(["type": "PersistentVolumeClaim", "max": ["storage": "1Gi"]])],
            refusal: "maximum storage usage per PersistentVolumeClaim is 1Gi"),
    ]

    @Test(arguments: cases) func itIsToldBeforeTheFirstWrite(_ given: Case) async throws {
        try await TestNamespace.with { namespace in
            try await namespace.make(given.others)
            let (problems, writes) = try await namespace.refusal(of: Layers(given.layer).release(namespace))
            #expect(writes.isEmpty, "\(writes)")
            let problem = try #require(problems.first)
            #expect(problem.code.name == given.code, "\(problem)")
            let text = "\(problem)"
            for words in given.says { #expect(text.contains(words), "\(text)") }
            if let culprit = given.culprit {
                #expect(problem.location?.short == (try Layers(given.layer).place(of: culprit)), "\(problem)")
            }
            #expect(try await namespace.history() == "")
        }
    }

    /// The bounds that were found are those that the server itself enforces.
    @Test(arguments: cases.filter { ["kubernetes.limit-range", "kubernetes.quota-exceeded"].contains($0.code) })
    func theServerRefusesItToo(_ given: Case) async throws {
        try await TestNamespace.with { namespace in
            try await namespace.make(given.others)
            let release = try Layers(given.layer).release(namespace)
            // The server's own look at a quota may lag behind what the quota's controller has counted.
            var refused: Diagnostic?
            try await eventually {
                do {
                    refused = try await namespace.verdict(on: release)
                } catch let problem as Diagnostic where problem.code == .unexpected {
                    _ = try await namespace.deployer(namespace.provider().provider)
                        .destroy(release.service, options: .init()) { _ in }
                }
                return refused != nil
            }
            let problem = try #require(refused)
            let said = ([problem.what, problem.why ?? ""] + problem.notes.map(\.message)).joined(separator: "\n")
            #expect(said.contains(try #require(given.refusal)), "\(problem)")
        }
    }

    @Test func aKindOfAnOperatorThatIsNotInstalledIsNamed() async throws {
        try await TestNamespace.with { namespace in
            let release = try Layers("").release(namespace) { resources in
                let text = """
                    apiVersion: monitoring.coreos.com/v1
                    kind: ServiceMonitor
                    metadata: {name: demo, namespace: \(namespace.name)}
                    spec: {selector: {}}
                    """
                let monitor = try YAMLParser.parseOne(text, file: SourceFile("templates/service-monitor.yaml"))
                resources.append(try #require(Resource(manifest: monitor)))
            }
            let (problems, writes) = try await namespace.refusal(of: release)
            #expect(writes.isEmpty, "\(writes)")
            let problem = try #require(problems.first)
            #expect(problem.code.name == "kubernetes.kind-not-served")
            #expect(problem.what == "the server does not serve ServiceMonitor of monitoring.coreos.com/v1")
            #expect(problem.location?.description == "templates/service-monitor.yaml:1:13")
            #expect(problem.why?.contains("`servicemonitors.monitoring.coreos.com`") == true)
            #expect(problem.fix?.contains("the Prometheus Operator") == true)
        }
    }

    /// What a restricted user lacks is told at once, as rules that mend it.
    @Test func allMissingRightsAreTold() async throws {
        try await TestNamespace.with { namespace in
            let (provider, traffic) = try await namespace.restricted()
            let release = try Layers("networking: {ingress: {enabled: true, class: null}}\n").release(namespace)
            let problems = try await namespace.problems { try await namespace.deploy(release, with: provider) }
            #expect(traffic.writes.isEmpty, "\(traffic.writes)")
            let problem = try #require(problems.first)
            #expect(problems.count == 1)
            #expect(problem.code.name == "kubernetes.forbidden")
            for kind in ["deployments.apps", "ingresses.networking.k8s.io", "leases.coordination.k8s.io", "secrets"] {
                #expect(problem.why?.contains(kind) == true, "\(problem)")
            }
        }
    }
}

extension TestNamespace {
    func make(_ objects: [Node]) async throws {
        for object in objects {
            let identity = try #require(Resource(manifest: object)).identity
            let type = try #require(
                try await discovery.type(apiVersion: identity.apiVersion, kind: identity.kind))
            if identity.kind == "ResourceQuota" { try await authorityIsPublished() }
            _ = try await api.create(type, namespace: name, object)
            if identity.kind == "ResourceQuota" { try await quotaCounts(identity.name) }
        }
    }

    /// The cluster's authority, which a controller puts into every namespace, sooner or later.
    private func authorityIsPublished() async throws {
        try await eventually { try await api.get(.configMap, namespace: name, name: "kube-root-ca.crt") != nil }
    }

    /// A quota counts once its controller has seen it, and right once it has seen all that stands already: the
    /// authority's ConfigMap.
    private func quotaCounts(_ quota: String) async throws {
        try await eventually {
            let used = try await api.get(Self.quota, namespace: name, name: quota)?.value("status", "used")
            guard let used else { return false }
            return used["configmaps"].map { $0.string == "1" } ?? true
        }
    }

    /// What a deployment says that fails, and what it has written.
    func refusal(of release: Release) async throws -> (problems: [Diagnostic], writes: [Traffic.Sent]) {
        let (provider, traffic) = provider()
        let problems = try await problems { try await deploy(release, with: provider) }
        return (problems, traffic.writes)
    }

    func problems(_ work: () async throws -> Void) async throws -> [Diagnostic] {
        do {
            try await work()
            return []
        } catch let problem as Diagnostic {
            return [problem]
        } catch let report as DiagnosticReport {
            return report.diagnostics
        }
    }

    /// A provider as somebody without rights has it.
    func restricted(
        _ limits: ProviderLimits = Self.limits
    ) async throws -> (provider: KubernetesProvider, traffic: Traffic) {
        let file = try await ControlPlane.shared().kubeconfigs.restricted
        let access = try ClusterAccess.find(kubeconfig: file, context: nil, environment: [:])
        let (client, server) = try ClusterConnection.client(for: access, environment: [:], isTerminal: false)
        let traffic = Traffic(client, cut: nil)
        let cluster = Cluster(api: KubernetesAPI(traffic, server: server), discovery: discovery, name: "restricted")
        return (
            KubernetesProvider(kind: .onprem, cluster: cluster, limits: limits) { Issue.record("\($0)") }, traffic
        )
    }
}
