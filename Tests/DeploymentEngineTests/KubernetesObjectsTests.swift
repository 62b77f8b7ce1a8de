import Documents
import ServiceModel
import Testing

/// What the rendered objects mean together, beyond the schema of each.
@Suite struct KubernetesObjectsTests {
    /// Rendered once for all tests.
    private static let everything = Result {
        try (ServiceCase.combinations + ServiceCase.variants).map { try $0.rendered() }
    }

    // MARK: References between objects

    @Test(arguments: try everything.get()) func selectorsMatchThePodsLabels(service: RenderedService) throws {
        let deployment = try service.object("Deployment")
        let labels = try #require(deployment[path("spec.template.metadata.labels")]?.mapping)
        var selectors = [
            deployment[path("spec.selector.matchLabels")],
            try service.object("Service")[path("spec.selector")],
        ]
        for kind in ["PodDisruptionBudget", "NetworkPolicy"] {
            guard let object = service[kind] else { continue }
            selectors.append(
                object[path(kind == "NetworkPolicy" ? "spec.podSelector.matchLabels" : "spec.selector.matchLabels")])
        }
        for constraint in deployment[path("spec.template.spec.topologySpreadConstraints")]?.sequence ?? [] {
            selectors.append(constraint[path("labelSelector.matchLabels")])
        }
        for selector in selectors {
            let entries = try #require(selector?.mapping?.entries)
            #expect(!entries.isEmpty)
            for entry in entries { #expect(labels[entry.key] == entry.value) }
        }
    }

    @Test(arguments: try everything.get()) func mountsReferToVolumesAndVolumesToObjects(service: RenderedService) throws
    {
        let pod = try #require(try service.object("Deployment")[path("spec.template.spec")])
        let mounts = try #require(pod[path("containers[0].volumeMounts")]?.sequence)
        let volumes = try #require(pod["volumes"]?.sequence)
        let names = mounts.compactMap { $0["name"]?.string }
        #expect(names.sorted() == volumes.compactMap { $0["name"]?.string }.sorted())
        #expect(Set(names).count == mounts.count)
        #expect(Set(mounts.compactMap { $0["mountPath"]?.string }).count == mounts.count)
        for volume in volumes {
            if let claim = volume[path("persistentVolumeClaim.claimName")]?.string {
                #expect(try service.object("PersistentVolumeClaim")[path("metadata.name")]?.string == claim)
            }
            if let map = volume[path("configMap.name")]?.string {
                #expect(try service.object("ConfigMap")[path("metadata.name")]?.string == map)
            }
        }
    }

    @Test(arguments: try everything.get()) func everyObjectCarriesTheServicesLabelsButTheNamespace(
        service: RenderedService
    ) throws {
        for resource in service.resources {
            let labels = try #require(resource.manifest[path("metadata.labels")]?.mapping)
            let instance = labels["app.kubernetes.io/instance"]?.string
            #expect(instance == (resource.identity.kind == "Namespace" ? nil : "demo"), "\(resource.identity)")
            #expect(labels["app.kubernetes.io/managed-by"] == "synthdata-infra")
            for label in labels.entries { #expect((label.value.string?.utf8.count ?? 99) <= 63) }
        }
    }

    @Test func objectsComeInApplyOrder() throws {
        #expect(
            try ServiceCase.maximal.rendered().resources.map(\.identity.kind) == [
                "Namespace", "ServiceAccount", "Role", "RoleBinding", "NetworkPolicy", "ConfigMap",
                "PersistentVolumeClaim", "Service", "PodDisruptionBudget", "Deployment", "HorizontalPodAutoscaler",
                "Ingress",
            ])
    }

    @Test func whatIsSwitchedOffHasNoObject() throws {
        #expect(
            try ServiceCase.minimal.rendered().resources.map(\.identity.kind) == [
                "Namespace", "ServiceAccount", "ConfigMap", "Service", "Deployment",
            ])
        let pod = try #require(try ServiceCase.minimal.rendered().object("Deployment")[path("spec.template.spec")])
        let container = try #require(pod[path("containers[0]")])
        for key in ["securityContext", "tolerations", "nodeSelector", "topologySpreadConstraints"] {
            #expect(pod[key] == nil)
        }
        for key in ["securityContext", "startupProbe", "readinessProbe", "livenessProbe", "command"] {
            #expect(container[key] == nil)
        }
        #expect(pod["automountServiceAccountToken"] == false)
        #expect(try ServiceCase.minimal.rendered().object("Namespace")[path("metadata.labels")]?.mapping?.count == 2)
    }

    // MARK: The pod

    @Test(arguments: try everything.get()) func gpusAreInTheLimitsOnlyWhenSet(service: RenderedService) throws {
        let pod = try #require(try service.object("Deployment")[path("spec.template.spec")])
        let resources = try #require(pod[path("containers[0].resources")])
        let gpu = service.spec.gpu
        #expect(resources["limits"]?["nvidia.com/gpu"]?.string == gpu.map { "\($0.count)" })
        #expect(resources["requests"]?["nvidia.com/gpu"] == nil)
        #expect((pod["tolerations"] != nil) == (gpu != nil))
    }

    @Test(arguments: [
        (ProviderKind.onprem, "nvidia.com/gpu.product", "Tesla-T4", nil),
        (.aws, "k8s.amazonaws.com/accelerator", "nvidia-tesla-t4", "synthdata-demo-d010f854a5"),
        (.gcp, "cloud.google.com/gke-accelerator", "nvidia-tesla-t4", "synthdata-demo-d010f854a5"),
        (.azure, "synthdata.io/accelerator", "nvidia-tesla-t4", "sdd010f854a5"),
    ])
    func theProvidersLabelChoosesTheNodeOfAGPU(
        provider: ProviderKind, label: String, value: String, pool: String?
    ) throws {
        let deployment = try ServiceCase(name: "image", dataType: .image, provider: provider).rendered().object(
            "Deployment")
        var expected = Mapping([label: .string(value)])
        if let pool { expected["synthdata.io/node-pool"] = .string(pool) }
        #expect(deployment[path("spec.template.spec.nodeSelector")] == .mapping(expected))
    }

    @Test func memoryIsLimitedToWhatIsRequestedUnlessALimitIsSet() throws {
        let resources = path("spec.template.spec.containers[0].resources")
        let standard = try ServiceCase(name: "standard").rendered().object("Deployment")[resources]
        #expect(standard == ["requests": ["cpu": "4", "memory": "16Gi"], "limits": ["memory": "16Gi"]])
        let limited = try ServiceCase(name: "limited").setting("resources.limits.memory=20Gi").rendered().object(
            "Deployment")
        #expect(limited[resources]?["limits"] == ["memory": "20Gi"])
    }

    @Test func aStartingReplicaIsAskedUntilTheStartupTimeoutIsOver() throws {
        let probe = path("spec.template.spec.containers[0].startupProbe")
        let service = ServiceCase(name: "slow").setting("health.startup_timeout=1m1s", "health.readiness.period=7s")
        let slow = try service.rendered().object("Deployment")[probe]
        #expect(slow?["periodSeconds"] == 7)
        #expect(slow?["failureThreshold"] == 9)
    }

    @Test func secretValuesAreReferencesOnly() throws {
        let environment = try ServiceCase.maximal.rendered().object("Deployment")[
            path("spec.template.spec.containers[0].env")]
        #expect(
            environment?.sequence?.suffix(3) == [
                ["name": "LOG_LEVEL", "value": "debug"], ["name": "EMPTY", "value": ""],
                ["name": "TOKEN", "valueFrom": ["secretKeyRef": ["name": "credentials", "key": "token"]]],
            ])
        #expect(try ServiceCase.maximal.rendered().resources.allSatisfy { $0.identity.kind != "Secret" })
    }

    @Test func aVolumeOfOneNodeIsNeverSharedByOldAndNewReplicas() throws {
        let strategy = path("spec.strategy")
        let shared = try ServiceCase(name: "shared").rendered().object("Deployment")[strategy]
        #expect(shared == ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]])
        let single = ServiceCase(name: "single").setting("storage.access_mode=ReadWriteOnce")
        #expect(try single.rendered().object("Deployment")[strategy] == ["type": "Recreate"])
        let none = single.setting("storage={enabled: false, backup_enabled: false}")
        #expect(try none.rendered().object("Deployment")[strategy]?["type"] == "RollingUpdate")
    }

    // MARK: Replicas

    @Test(arguments: try everything.get()) func theAutoscalerOrTheDeploymentOwnsTheReplicas(service: RenderedService)
        throws
    {
        let hasAutoscaler = service["HorizontalPodAutoscaler"] != nil
        #expect((try service.object("Deployment")[path("spec.replicas")] == nil) == hasAutoscaler)
        #expect(hasAutoscaler == (service.spec.scaling != nil))
    }

    @Test(arguments: [
        ("scaling.enabled=false deployment.replicas=1", false), ("scaling.enabled=false deployment.replicas=2", true),
        ("deployment.replicas=1", true), ("deployment.replicas=1 scaling.max_replicas=1", false),
    ])
    func aDisruptionBudgetNeedsMoreThanOneReplica(assignments: String, exists: Bool) throws {
        var service = ServiceCase(name: "budget")
        service.assignments = assignments.split(separator: " ").map(String.init)
        #expect((try service.rendered()["PodDisruptionBudget"] != nil) == exists)
    }

    private static let template = NodePath(keys: ["spec", "template"])

    @Test(arguments: [
        "scaling.enabled=false", "scaling.max_replicas=7", "deployment.replicas=1", "networking.ingress.enabled=false",
        "networking.ingress.host=data.example.com", "networking.service_type=NodePort", "deployment.history_limit=3",
        "deployment.rollout.max_surge=50%", "security.network_policies.enabled=false",
    ])
    func noReplicaIsReplacedForWhatDoesNotConcernIt(assignment: String) throws {
        let service = ServiceCase(name: "plain", dataType: .image)
        let before = try service.rendered().object("Deployment")[Self.template]
        #expect(try service.setting(assignment).rendered().object("Deployment")[Self.template] == before)
    }

    @Test(arguments: ["specific.quality=90", "workload.seed=7", "workload.rate=1/hour", "storage.compression=zstd"])
    func aChangedConfigurationChangesTheHash(assignment: String) throws {
        let hash = NodePath(keys: ["spec", "template", "metadata", "annotations", "synthdata.io/configuration-hash"])
        let service = ServiceCase(name: "plain")
        let before = try #require(try service.rendered().object("Deployment")[hash]?.string)
        #expect(try service.setting(assignment).rendered().object("Deployment")[hash]?.string != before)
    }

    // MARK: Network

    @Test func theNamespaceIsTheSameForAllOfItsServices() throws {
        let first = try ServiceCase(name: "first").rendered().object("Namespace")
        let second = try ServiceCase.maximal
            .setting("deployment.version=9", "security.pod_security.enabled=false").rendered().object("Namespace")
        #expect(YAMLEmitter.emit(first) == YAMLEmitter.emit(second))
    }

    @Test func callersAreNamedUnlessTheServiceIsThereForAnybody() throws {
        let rule = path("spec.ingress[0]")
        let inner = try ServiceCase(name: "inner").rendered().object("NetworkPolicy")[rule]
        let namespaces = inner?[path("from[1].namespaceSelector.matchExpressions[0].values")]
        #expect(namespaces == ["ingress-nginx", "monitoring"])
        #expect(inner?["from"]?.sequence?.first == ["podSelector": [:]])
        let outer = ServiceCase(name: "outer").setting("networking.service_type=LoadBalancer")
        #expect(try outer.rendered().object("NetworkPolicy")[rule] == ["ports": [["port": 8080, "protocol": "TCP"]]])
        let google = try ServiceCase(name: "google", provider: .gcp).rendered().object("NetworkPolicy")[rule]
        #expect(google?[path("from[2].ipBlock.cidr")] == "35.191.0.0/16")
    }

    @Test func googlesIngressControllerIsNamedByAnnotation() throws {
        let google = try ServiceCase(name: "google", provider: .gcp).rendered().object("Ingress")
        #expect(google[path("spec.ingressClassName")] == nil)
        #expect(google[path("metadata.annotations")]?["kubernetes.io/ingress.class"] == "gce")
        let other = ServiceCase(name: "other", provider: .gcp).setting("networking.ingress.class=nginx")
        #expect(try other.rendered().object("Ingress")[path("spec.ingressClassName")] == "nginx")
    }
}

/// The path that `text` writes; tests write constant ones.
private func path(_ text: String) -> NodePath {
    (try? NodePath(parsing: text)) ?? NodePath()
}

extension Mapping {
    fileprivate init(_ values: [String: Node]) {
        self.init(uniqueEntries: values.map { Entry($0.key, $0.value) })
    }
}
