import ConfigurationManager
import Diagnostics
import Documents
import ServiceModel
import Testing

@Suite struct CrossFieldRuleTests {
    struct Rule: CustomTestStringConvertible {
        let code: String
        var type = DataType.tabular
        var provider = ProviderKind.onprem
        let broken: [String]
        let kept: [String]

        var testDescription: String { "\(code): \(broken.joined(separator: " "))" }
    }

    /// Clouds warn of the profiles' class of volumes until somebody has decided.
    private static let ownClass = "storage.storage_class=shared"

    static let rules = [
        Rule(
            code: "config.gpu-memory", type: .image, broken: ["gpu.memory=32Gi"],
            kept: ["gpu.memory=32Gi", "gpu.type=nvidia-tesla-v100"]),
        Rule(
            code: "config.incomplete", broken: ["gpu.count=1"],
            kept: ["gpu.count=1", "gpu.type=nvidia-l4"]),
        Rule(
            code: "config.unknown-gpu", broken: ["gpu.type=nvidia-tesla-t44"],
            kept: ["gpu.type=nvidia-tesla-t4"]),
        Rule(
            code: "config.limit-below-request", broken: ["resources.limits.cpu=2"],
            kept: ["resources.limits.cpu=4"]),
        Rule(
            code: "config.limit-below-request", broken: ["resources.limits.memory=15Gi"],
            kept: ["resources.limits.memory=16Gi"]),
        Rule(
            code: "config.replica-range", broken: ["scaling.min_replicas=5", "scaling.max_replicas=4"],
            kept: ["scaling.min_replicas=3", "scaling.max_replicas=4"]),
        Rule(
            code: "config.replica-range", broken: ["scaling.min_replicas=5"],
            kept: ["scaling.min_replicas=5", "deployment.replicas=5"]),
        Rule(
            code: "config.replica-range", broken: ["deployment.replicas=30"],
            kept: ["deployment.replicas=30", "scaling.max_replicas=30"]),
        Rule(
            code: "config.replica-range", broken: ["deployment.replicas=0"],
            kept: ["deployment.replicas=0", "scaling.enabled=false"]),
        Rule(
            code: "config.needs-storage", type: .image,
            broken: ["storage.enabled=false", "storage.cdn_enabled=true"],
            kept: ["storage.enabled=false", "storage.cdn_enabled=false"]),
        // A bucket is served as well.
        Rule(
            code: "config.needs-storage", type: .image,
            broken: ["storage.enabled=false", "storage.cdn_enabled=true"],
            kept: ["storage.enabled=false", "storage.cdn_enabled=true", "storage.bucket.enabled=true"]),
        Rule(
            code: "config.needs-storage", broken: ["storage.enabled=false", "storage.backup_enabled=true"],
            kept: ["storage.enabled=false"]),
        Rule(
            code: "config.shared-volume", broken: ["storage.access_mode=ReadWriteOnce"],
            kept: ["storage.access_mode=ReadWriteOnce", "deployment.replicas=1"]),
        Rule(
            code: "config.stuck-rollout", broken: ["deployment.rollout.max_surge=0"],
            kept: ["deployment.rollout.max_surge=0", "deployment.rollout.max_unavailable=1"]),
        Rule(
            code: "config.zero-time", broken: ["health.startup_timeout=0s"], kept: ["health.startup_timeout=1s"]),
        Rule(
            code: "config.environment-variable", broken: ["deployment.env=[{name: PORT, value: '1'}]"],
            kept: ["deployment.env=[{name: PORTS, value: '1'}]"]),
        Rule(
            code: "config.environment-variable", broken: ["deployment.env=[{name: A}]"],
            kept: ["deployment.env=[{name: A, secret: {name: s, key: k}}]"]),
        Rule(
            code: "config.missing-value", broken: ["deployment.image=null"], kept: ["deployment.image=a"]),
        Rule(
            code: "config.missing-value", broken: ["networking.ingress.domain=null"],
            kept: ["networking.ingress.domain=null", "networking.ingress.host=a.example.com"]),
        Rule(
            code: "config.missing-value", provider: .local, broken: ["workload.command=[]"],
            kept: ["workload.command=[./serve]"]),
        Rule(
            code: "config.missing-value", broken: ["storage.size=null"], kept: ["storage.size=1Gi"]),
        Rule(
            code: "config.invalid-label", broken: ["deployment.labels={a b: c}"], kept: ["deployment.labels={a-b: c}"]),
        Rule(
            code: "config.invalid-label", broken: ["deployment.labels={a: b c}"],
            kept: ["deployment.annotations={a: b c}"]),
        Rule(
            code: "config.taken-path", broken: ["storage.mount_path=/tmp"], kept: ["storage.mount_path=/tmp/data"]),
        Rule(
            code: "config.reserved-namespace", broken: ["deployment.namespace=kube-system"],
            kept: ["deployment.namespace=kubernetes"]),
        Rule(
            code: "config.reserved-namespace", provider: .local, broken: ["deployment.namespace=kube-public"],
            kept: ["deployment.namespace=default"]),
        Rule(
            code: "config.reserved-label", broken: [#"deployment.labels.app\.kubernetes\.io/name=mine"#],
            kept: [#"deployment.labels.app\.kubernetes\.io/name=synthdata-service"#]),
        Rule(
            code: "config.reserved-label", broken: [#"deployment.labels.app\.kubernetes\.io/version=1"#],
            kept: [#"deployment.labels.app\.kubernetes\.io/version=1.2"#, "deployment.version=1.2"]),
        Rule(
            code: "config.reserved-label", broken: [#"deployment.labels.synthdata\.io/team=data"#],
            kept: [#"deployment.labels.synthdata\.io/data-type=tabular"#]),
        Rule(
            code: "config.cloud-name", provider: .aws, broken: [ownClass, "storage.bucket.name=My_Data"],
            kept: [ownClass, "storage.bucket.name=my-data"]),
        Rule(
            code: "config.cloud-name", provider: .azure, broken: [ownClass, "scheduling.node_pool.name=tabular-pool"],
            kept: [ownClass, "scheduling.node_pool.name=tabular"]),
        Rule(
            code: "config.instance-type", provider: .aws,
            broken: [ownClass, "scheduling.node_pool.instance_types=[m7i.2xlarge, m7g.2xlarge]"],
            kept: [ownClass, "scheduling.node_pool.instance_types=[m7i.2xlarge, m6i.2xlarge]"]),
        Rule(
            code: "config.instance-type", provider: .gcp,
            broken: [ownClass, "scheduling.node_pool.instance_types=[n2-standard-8, n2-standard-16]"],
            kept: [ownClass, "scheduling.node_pool.instance_types=[n2-standard-8]"]),
        Rule(
            code: "config.instance-type", provider: .aws,
            broken: [ownClass, "scheduling.node_pool.instance_types=[m7i.large]"],
            kept: [ownClass, "scheduling.node_pool.enabled=false", "scheduling.node_pool.instance_types=[m7i.large]"]),
        Rule(
            code: "config.instance-type", type: .image, provider: .aws,
            broken: [ownClass, "scheduling.node_pool.instance_types=[m7i.16xlarge]"],
            kept: [ownClass, "scheduling.node_pool.instance_types=[g4dn.8xlarge]"]),
        Rule(
            code: "config.not-at-provider", provider: .azure, broken: [ownClass, "storage.bucket.encryption_key=k"],
            kept: [ownClass, "storage.bucket.encryption_key=k", "storage.bucket.enabled=false"]),
        Rule(
            code: "config.needs-identity", provider: .aws,
            broken: [
                ownClass, "security.cloud_identity.enabled=false", "security.cloud_secrets=[{name: a, reference: b}]",
            ],
            kept: [ownClass, "security.cloud_secrets=[{name: a, reference: b}]"]),
        Rule(
            code: "config.served-key", provider: .aws,
            broken: [ownClass, "storage.cdn_enabled=true", "storage.bucket.encryption_key=alias/data"],
            kept: [ownClass, "storage.cdn_enabled=true"]),
        Rule(
            code: "config.incomplete", provider: .gcp, broken: [ownClass, "security.cloud_secrets=[{name: a}]"],
            kept: [ownClass, "security.cloud_secrets=[{name: a, reference: b}]"]),
        Rule(
            code: "config.secret-reference", provider: .aws,
            broken: [ownClass, "security.cloud_secrets=[{name: a, reference: '*'}]"],
            kept: [
                ownClass,
                "security.cloud_secrets=[{name: a, reference: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/token'}]",
            ]),
        Rule(
            code: "config.secret-reference", provider: .aws,
            broken: [ownClass, "security.cloud_secrets=[{name: a, reference: prod/token?}]"],
            kept: [
                ownClass,
                "security.cloud_secrets=[{name: a, reference: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/token-aB3dEf'}]",
            ]),
        Rule(
            code: "config.secret-reference", provider: .aws,
            broken: [ownClass, "security.cloud_secrets=[{name: a, reference: 'arn:aws:s3:::x'}]"],
            kept: [ownClass, "security.cloud_secrets=[{name: a, reference: prod/token}]"]),
        Rule(
            code: "config.secret-reference", provider: .aws,
            broken: [
                ownClass,
                "security.cloud_secrets=[{name: a, reference: 'arn:aws:secretsmanager:us-east-1:1:secret:a'}]",
            ],
            kept: [ownClass, "security.cloud_secrets=[{name: a, reference: a}]"]),
        Rule(
            code: "config.secret-reference", provider: .aws,
            broken: [
                ownClass,
                "security.cloud_secrets=[{name: a, reference: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:a:key'}]",
            ],
            kept: [
                ownClass,
                "security.cloud_secrets=[{name: a, reference: 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a'}]",
            ]),
        Rule(
            code: "config.secret-reference", provider: .aws,
            broken: [ownClass, "security.cloud_secrets=[{name: a, reference: prod token}]"],
            kept: [ownClass, "security.cloud_secrets=[{name: a, reference: prod/token_1+=.@}]"]),
        Rule(
            code: "config.secret-reference", provider: .aws,
            broken: [
                ownClass, "providers.aws.region=eu-west-1",
                "security.cloud_secrets=[{name: a, reference: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:a'}]",
            ],
            kept: [
                ownClass, "providers.aws.region=us-east-1",
                "security.cloud_secrets=[{name: a, reference: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:a'}]",
            ]),
        Rule(
            code: "config.node-image", provider: .aws,
            broken: [ownClass, "providers.aws.ami_type=AL2023_ARM_64_STANDARD"],
            kept: [
                ownClass, "providers.aws.ami_type=AL2023_ARM_64_STANDARD",
                "scheduling.node_pool.instance_types=[m7g.4xlarge]",
            ]),
        Rule(
            code: "config.node-image", type: .image, provider: .aws,
            broken: [ownClass, "providers.aws.ami_type=BOTTLEROCKET_ARM_64_NVIDIA"],
            kept: [ownClass, "providers.aws.ami_type=BOTTLEROCKET_x86_64_NVIDIA"]),
        Rule(
            code: "config.node-disk", provider: .aws, broken: [ownClass, "scheduling.node_pool.disk_size=19Gi"],
            kept: [ownClass, "scheduling.node_pool.disk_size=20Gi"]),
        Rule(
            code: "config.node-disk", provider: .aws, broken: [ownClass, "scheduling.node_pool.disk_size=17Ti"],
            kept: [ownClass, "scheduling.node_pool.disk_size=16Ti"]),
        Rule(
            code: "config.invalid-value", provider: .aws, broken: [ownClass, "providers.aws.ami_type=silly"],
            kept: [ownClass, "providers.aws.ami_type=AL2_x86_64"]),
        Rule(
            code: "config.no-instance-type", type: .video, provider: .gcp, broken: [ownClass],
            kept: [ownClass, "resources.gpu.memory=16Gi"]),
        Rule(
            code: "config.node-range", provider: .aws,
            broken: [ownClass, "scheduling.node_pool.min_nodes=5", "scheduling.node_pool.max_nodes=4"],
            kept: [ownClass, "scheduling.node_pool.min_nodes=4", "scheduling.node_pool.max_nodes=5"]),
        Rule(
            code: "config.node-range", provider: .aws, broken: [ownClass, "scheduling.node_pool.max_nodes=2"],
            kept: [ownClass, "scheduling.node_pool.max_nodes=3"]),
        Rule(
            code: "config.shared-class", provider: .aws, broken: ["storage.storage_class=gp3"],
            kept: ["storage.storage_class=efs-sc"]),
        Rule(
            code: "config.shared-class", provider: .azure, broken: ["deployment.replicas=3"],
            kept: ["storage.storage_class=fast-ssd"]),
        Rule(
            code: "config.shared-class", provider: .gcp, broken: ["deployment.replicas=3"],
            kept: ["storage.access_mode=ReadWriteOnce", "deployment.replicas=1"]),
    ]

    @Test(arguments: rules)
    func aBrokenRuleIsToldWithAPlaceAndAKeptOneNot(rule: Rule) throws {
        let problems = try Project.problems(rule.type, rule.provider, set: rule.broken)
        #expect(problems.map(\.code.name) == [rule.code])
        #expect(problems.first?.location != nil)
        #expect(problems.first?.fix != nil)
        #expect(try Project.problems(rule.type, rule.provider, set: rule.kept) == [])
    }

    @Test(arguments: [
        "/etc", "/etc/", "/etc/synthdata", "/etc//synthdata/.", "/etc/synthdata/x", "/tmp", "/var", "/var/run/secrets",
        "/var/run/secrets/kubernetes.io", "/run", "/bin", "/usr", "/usr/local/lib", "/proc", "/sys/fs", "/dev/shm",
        "/lib64",
    ])
    func theVolumeHidesNeitherTheSystemNorAnotherMount(path: String) throws {
        #expect(try Project.problems(set: ["storage.mount_path=\(path)"]).map(\.code.name) == ["config.taken-path"])
    }

    @Test(arguments: ["/etc/data", "/data", "/var/lib/data", "/srv/synthdata", "/library", "/tmp/data"])
    func theVolumeMayBeElsewhere(path: String) throws {
        #expect(try Project.problems(set: ["storage.mount_path=\(path)"]) == [])
    }

    /// What only a built-in profile switched on goes with the volume, and `config explain` tells so.
    @Test func featuresOfTheVolumeFollowIt() throws {
        let configuration = try Project.configured(.image, set: ["storage.enabled=false"])
        for key in ["storage.cdn_enabled", "storage.backup_enabled"] {
            #expect(try configuration.value(key) == false)
            let last = try Explanation(of: NodePath(parsing: key), in: configuration).chain.last
            #expect(last?.layer == "storage.enabled")
            #expect(last?.location.description == "--set storage.enabled")
        }
        let project = try Project(["mine.yaml": "storage: {enabled: false, cdn_enabled: true}\n"])
        let report = #expect(throws: DiagnosticReport.self) {
            try Project.configurations(project.request(.image, files: ["mine.yaml"]))
        }
        #expect(report?.diagnostics.map(\.code.name) == ["config.needs-storage"])
    }

    /// Rules are not kept for a second round, unless what they need is wrong itself.
    @Test(
        arguments: [
            (["resources.memry=1Gi", "deployment.replicas=30"], ["config.unknown-key", "config.replica-range"]),
            (["resources.memory=lots", "deployment.replicas=30"], ["config.invalid-value", "config.replica-range"]),
            (["scaling.max_replicas=many", "deployment.replicas=30"], ["config.wrong-kind"]),
            (["scaling.max_replica=40", "deployment.replicas=30"], ["config.unknown-key"]),
            (["scaling=on", "deployment.replicas=30"], ["config.wrong-kind"]),
            (["resources.gpu.type=[a]", "resources.gpu.count=1"], ["config.wrong-kind"]),
            (
                ["monitoring.alerts.channels[9]=x", "deployment.rollout.max_surge=0"],
                ["config.assignment", "config.stuck-rollout"]
            ),
        ] as [([String], [String])])
    func rulesAreCheckedBesideWhatBreaksTheSchema(flags: [String], codes: [String]) throws {
        #expect(try Set(Project.problems(set: flags).map(\.code.name)) == Set(codes))
        #expect(try Project.problems(set: flags).count == codes.count)
    }

    @Test func rulesAreCheckedBesideWhatIsWrongInAServiceFile() throws {
        let project = try Project([
            "service.yaml": """
            apiVersion: synthdata.io/v1
            kind: SyntheticDataService
            metadata: {name: demo}
            spec:
              type: tabular
              replicas: many
              overrides: {resources: {cpu: 4, limits: {cpu: 1}}, deployment: {rollout: {max_surge: many}}}
            """
        ])
        let report = #expect(throws: DiagnosticReport.self) {
            try Project.configurations(project.request(nil, name: nil, files: ["service.yaml"]))
        }
        #expect(
            report?.diagnostics.map(\.code.name) == [
                "config.wrong-kind", "config.invalid-value", "config.limit-below-request",
            ])
    }

    @Test func severalBrokenRulesAreToldAtOnce() throws {
        let problems = try Project.problems(
            set: ["deployment.replicas=30", "resources.limits.cpu=1", "deployment.rollout.max_surge=0"])
        #expect(
            Set(problems.map(\.code.name)) == [
                "config.replica-range", "config.limit-below-request", "config.stuck-rollout",
            ])
    }

    @Test func namesOfKubernetesServicesStartWithALetter() throws {
        let project = try Project()
        let problem = #expect(throws: DiagnosticReport.self) {
            try Project.configurations(project.request(name: "1st"))
        }
        #expect(problem?.diagnostics.map(\.location?.description) == ["--name"])
        #expect(try Project.configurations(project.request(name: "1st", provider: .local)).count == 1)
    }

    @Test(arguments: DataType.allCases, ProviderKind.allCases)
    func builtInProfilesAreValid(type: DataType, provider: ProviderKind) throws {
        for environment in DeploymentEnvironment.allCases {
            let configuration = try Project.configured(type, provider, environment)
            // At the clouds the classes of the profiles are disks until the cluster's owner says otherwise.
            var expected = provider.isCloud ? ["config.shared-class"] : []
            // Google's V100 has half the memory that video asks for.
            if provider == .gcp, type == .video { expected.append("config.no-instance-type") }
            #expect(
                configuration.warnings.map(\.code.name) == expected, "\(type) at \(provider) in \(environment)")
            #expect(configuration.layers.count == 4)
        }
    }
}
