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
            broken: ["storage.enabled=false", "storage.backup_enabled=false"],
            kept: ["storage.enabled=false", "storage.backup_enabled=false", "storage.cdn_enabled=false"]),
        Rule(
            code: "config.needs-storage", broken: ["storage.enabled=false"],
            kept: ["storage.enabled=false", "storage.backup_enabled=false"]),
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
    ]

    @Test(arguments: rules)
    func aBrokenRuleIsToldWithAPlaceAndAKeptOneNot(rule: Rule) throws {
        let problems = try Project.problems(rule.type, rule.provider, set: rule.broken)
        #expect(problems.map(\.code.name) == [rule.code])
        #expect(problems.first?.location != nil)
        #expect(problems.first?.fix != nil)
        #expect(try Project.problems(rule.type, rule.provider, set: rule.kept) == [])
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
    func builtInProfilesAreValidWithoutWarnings(type: DataType, provider: ProviderKind) throws {
        for environment in DeploymentEnvironment.allCases {
            let configuration = try Project.configured(type, provider, environment)
            #expect(configuration.warnings == [], "\(type) at \(provider) in \(environment)")
            #expect(configuration.layers.count == 4)
        }
    }
}
