import Diagnostics
import Documents
import ResourceManager
import ServiceModel
import Testing

/// Pods and the nodes, identities and buckets that a cloud makes for them go together.
@Suite struct CloudPlacementTests {
    private static func service(
        _ provider: ProviderKind, _ assignments: String..., of type: DataType = .tabular
    ) -> ServiceCase {
        let place =
            switch provider {
            case .aws: "providers.aws={region: eu-west-1, cluster: main, account: '123456789012'}"
            case .gcp: "providers.gcp={region: europe-west1-b, cluster: main, project: data-project}"
            default: "providers.azure={region: westeurope, cluster: main, resource_group: data, subscription: s}"
            }
        return ServiceCase(name: "cloud", dataType: type, provider: provider, assignments: [place] + assignments)
    }

    private static let gpus: [(ProviderKind, DataType)] = [ProviderKind.aws, .gcp, .azure].flatMap { provider in
        DataType.allCases.map { (provider, $0) }
    }

    /// What the pods ask of a node is what the pool's nodes have, or what the cloud itself gives them.
    @Test(arguments: gpus) func thePodsGoToTheNodesOfTheirPool(provider: ProviderKind, type: DataType) throws {
        let service = Self.service(provider, "scheduling.node_selector={disk: ssd}", of: type)
        let pool = try service.cloud("node_pool")
        let pod = try #require(try service.rendered().object("Deployment")[path("spec.template.spec")])
        let selector = try #require(pod["nodeSelector"]?.mapping)
        #expect(selector["synthdata.io/node-pool"] == pool["name"])
        for entry in selector.entries where entry.key != "cloud.google.com/gke-accelerator" {
            #expect(pool["labels"]?[entry.key] == entry.value, "\(entry.key)")
        }
        let tolerated = (pod["tolerations"]?.sequence ?? []).compactMap { $0["key"]?.string }
        for taint in pool["taints"]?.sequence ?? [] {
            #expect(tolerated.contains(try #require(taint["key"]?.string)))
        }
        if try service.spec().gpu != nil, provider != .gcp { #expect(pool["taints"]?.sequence?.count == 1) }
    }

    /// Two services may call their pools the same: pods of one do not go to the nodes of the other.
    @Test(arguments: [ProviderKind.aws, .gcp, .azure]) func aPoolsNameIsNotWhatItsPodsAskFor(provider: ProviderKind)
        throws
    {
        let marks = try ["first", "second"].map { name in
            var service = Self.service(provider, "scheduling.node_pool.name=shared")
            service.serviceName = name
            let pod = try #require(try service.rendered().object("Deployment")[path("spec.template.spec")])
            let mark = try #require(pod.value("nodeSelector", "synthdata.io/node-pool")?.string)
            #expect(try service.cloud("node_pool").value("labels", "synthdata.io/node-pool")?.string == mark)
            #expect(try service.cloud("node_pool")["name"] == "shared")
            return mark
        }
        #expect(Set(marks).count == 2 && !marks.contains("shared"))
    }

    /// Google calls a GPU by another name where it has more memory; pods and pool agree on it.
    @Test(arguments: [("40Gi", "nvidia-tesla-a100"), ("80Gi", "nvidia-a100-80gb")])
    func googlesNameOfTheGPUIsTheSameForPodsAndPool(memory: String, name: String) throws {
        let service = Self.service(
            .gcp, "resources.gpu.type=nvidia-a100", "resources.gpu.memory=\(memory)", "resources.cpu=4", of: .image)
        #expect(try service.cloud("node_pool")[path("accelerator.type")]?.string == name)
        let selector = try service.rendered().object("Deployment")[path("spec.template.spec.nodeSelector")]
        #expect(selector?["cloud.google.com/gke-accelerator"]?.string == name)
    }

    @Test func azuresSpareCapacityIsTolerated() throws {
        let spot = Self.service(.azure, "scheduling.node_pool.spot=true")
        let tolerations = try spot.rendered().object("Deployment")[path("spec.template.spec.tolerations")]
        #expect(tolerations?.sequence?.first?["key"] == "kubernetes.azure.com/scalesetpriority")
        let lasting = try Self.service(.azure).rendered().object("Deployment")
        #expect(lasting[path("spec.template.spec.tolerations")] == nil)
    }

    @Test(arguments: [
        ("scaling.min_replicas=2", 2, 3, 21), ("scaling.enabled=false", 3, 3, 4),
        ("scheduling.node_pool={min_nodes: 1, max_nodes: 7}", 1, 3, 7),
        ("scheduling.node_pool.min_nodes=30", 30, 30, 30),
        ("scheduling.node_pool.instance_types=[m7i.8xlarge]", 1, 1, 3),
    ])
    func theNumberOfNodesFollowsTheReplicas(assignment: String, least: Int, first: Int, most: Int) throws {
        let pool = try Self.service(.aws, assignment).cloud("node_pool")
        #expect(pool["min"]?.integer == least)
        #expect(pool["initial"]?.integer == first)
        #expect(pool["max"]?.integer == most)
    }

    @Test func factsStandAtTheLineBehindThem() throws {
        let service = Self.service(
            .aws, "scheduling.node_pool.max_nodes=9", "scheduling.node_pool.instance_types=[g4dn.8xlarge]", of: .image)
        let pool = try service.cloud("node_pool")
        #expect(pool["max"]?.location.description == "--set scheduling.node_pool.max_nodes")
        #expect(pool[path("instance_types[0]")]?.location.description == "--set scheduling.node_pool.instance_types")
        #expect(pool["min"]?.location.file.name == "profiles/environments/production.yaml")
    }

    // MARK: Identity and bucket

    @Test(arguments: [
        (ProviderKind.aws, "providers.aws.identity=irsa", "eks.amazonaws.com/role-arn"),
        (.gcp, "deployment.replicas=3", "iam.gke.io/gcp-service-account"),
        (
            .azure, "providers.azure.identity_client_id=0f8fad5b-d9cb-469f-a165-70867728950e",
            "azure.workload.identity/client-id"
        ),
    ])
    func theServiceAccountNamesItsIdentity(provider: ProviderKind, assignment: String, key: String) throws {
        let rendered = try Self.service(provider, assignment).rendered()
        let annotations = try rendered.object("ServiceAccount")[path("metadata.annotations")]?.mapping
        #expect(annotations.map { Array($0.keys) } == [key])
        let label = try rendered.object("Deployment")[path("spec.template.metadata.labels")]?[
            "azure.workload.identity/use"]
        #expect((label != nil) == (provider == .azure))
        let off = try Self.service(provider, assignment, "security.cloud_identity.enabled=false").rendered()
        #expect(try off.object("ServiceAccount")[path("metadata.annotations")] == nil)
    }

    @Test(arguments: [
        (ProviderKind.aws, "identity=pod-identity", ["169.254.170.23/32"]), (.aws, "identity=irsa", []),
        (.gcp, "project=data-project", ["169.254.169.252/32", "169.254.169.254/32"]), (.azure, "cluster=main", []),
    ])
    func podsReachTheAgentThatGivesThemCredentials(
        provider: ProviderKind, setting: String, addresses: [String]
    ) throws {
        let policy = try Self.service(provider, "providers.\(provider.rawValue).\(setting)").rendered()
            .object("NetworkPolicy")
        let rules = policy[path("spec.egress")]?.sequence ?? []
        let blocks = rules.flatMap { $0["to"]?.sequence ?? [] }.compactMap { $0[path("ipBlock.cidr")]?.string }
        #expect(blocks == addresses)
    }

    @Test(arguments: [
        (ProviderKind.aws, "s3://synthdata-demo-"), (.gcp, "gs://synthdata-demo-"), (.azure, "https://sddemo"),
    ])
    func theWorkloadIsToldItsBucket(provider: ProviderKind, prefix: String) throws {
        let configuration = try Self.configuration(Self.service(provider))
        #expect(configuration[path("bucket.url")]?.string?.hasPrefix(prefix) == true)
        let named = try Self.configuration(Self.service(provider, "storage.bucket.name=mydata"))
        #expect(named[path("bucket.url")]?.string?.contains("mydata") == true)
    }

    /// What is told to a workload elsewhere has not changed: a change restarts every replica.
    @Test func withoutACloudNothingIsSaidOfBuckets() throws {
        let configuration = try Self.configuration(ServiceCase(name: "elsewhere"))
        #expect(configuration["bucket"] == nil && configuration["cloud_secrets"] == nil)
        let unknown = try Self.configuration(ServiceCase(name: "unknown", provider: .aws))
        #expect(unknown["bucket"] == nil)
    }

    /// What an account that is only known at its cloud makes of a service is what it makes when it is configured.
    @Test func anAccountThatIsFoundIsAsGoodAsOneThatIsConfigured() throws {
        let configured = try Self.service(.aws).spec()
        let found = try Self.service(.aws, "providers.aws.account=null").spec()
        #expect(CloudFacts(found).node[path("bucket.name")]?.isNull == true)
        #expect(CloudFacts(found.inAccount("123456789012")).node == CloudFacts(configured).node)
        #expect(CloudFacts(configured.inAccount("999999999999")).node == CloudFacts(configured).node)
    }

    @Test func secretsOfTheCloudAreToldByReference() throws {
        let service = Self.service(.aws, "security.cloud_secrets=[{name: database, reference: prod/database}]")
        #expect(
            try Self.configuration(service)["cloud_secrets"] == [["name": "database", "reference": "prod/database"]])
    }

    private static func configuration(_ service: ServiceCase) throws -> Node {
        let map = try service.rendered().object("ConfigMap")
        return try JSONParser.parse(try #require(map["data"]?["service.json"]?.string), file: .init("service.json"))
    }
}

extension ServiceCase {
    /// What templates see under `cloud`.
    fileprivate func cloud(_ key: String) throws -> Node {
        try #require(CloudFacts(try spec()).node[key])
    }
}

private func path(_ text: String) -> NodePath {
    (try? NodePath(parsing: text)) ?? NodePath()
}
