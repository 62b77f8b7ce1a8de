import ConfigurationManager
import Diagnostics
import Documents
import Testing

@Suite struct ClosedSchemaTests {
    @Test(arguments: [
        ("resources: {memry: 1Gi}", "config.unknown-key", "did you mean `resources.memory`?"),
        ("resource: {memory: 1Gi}", "config.unknown-key", "did you mean `resources`?"),
        ("scaling: {maxReplicas: 4}", "config.unknown-key", "did you mean `scaling.max_replicas`?"),
        ("mount_path: /data", "config.unknown-key", "did you mean `storage.mount_path`?"),
        ("ingress: {enabled: true}", "config.unknown-key", "did you mean `networking.ingress.enabled`?"),
        ("ingress: {enabled: true, tls: true}", "config.unknown-key", "did you mean `networking.ingress`?"),
        ("rbac: {}", "config.unknown-key", "did you mean `security.rbac`?"),
        ("resources: {cpu: 0.0001}", "config.invalid-value", "write for example `4` or `500m`"),
        ("resources: {cpu: 1500u}", "config.invalid-value", "write for example `4` or `500m`"),
        ("workload: {command: echo hi}", "config.wrong-kind", "write `[echo, hi]`"),
        ("workload: {command: 'a \"b c\"'}", "config.wrong-kind", "write for example `[python3, service.py]`"),
        ("workload: {command: ['']}", "config.invalid-value", "name the program, as in `[python3, service.py]`"),
        ("workload: {command: ['', x]}", "config.invalid-value", "name the program, as in `[python3, service.py]`"),
        ("scaling: {enabled: yes}", "config.wrong-kind", "write `true`"),
        ("scaling: {enabled: Off}", "config.wrong-kind", "write `false`"),
        ("workload: {command: [false]}", "config.wrong-kind", "put it in quotes: `\"false\"`"),
        ("workload: {command: [~]}", "config.wrong-kind", "remove it, or write for example `text`"),
        ("deployment: {image_pull_policy: true}", "config.wrong-kind", "write for example `Always`"),
        ("networking: {service_type: Loadbalancer}", "config.invalid-value", "did you mean `LoadBalancer`?"),
        ("defaults: {environment: stage}", "config.invalid-value", "did you mean `staging`?"),
        ("defaults: {environment: dev}", "config.invalid-value", "did you mean `development`?"),
        ("defaults: {provider: k8s}", "config.invalid-value", "did you mean `onprem`?"),
        ("resources: {memory: 16GB}", "config.invalid-value", "write for example `16Gi`"),
        ("resources: {memory: 16}", "config.invalid-value", "write for example `16Gi`"),
        ("resources: {cpu: 0}", "config.invalid-value", "write for example `4` or `500m`"),
        ("scaling: {target_cpu: 70}", "config.invalid-value", "write for example `70%`"),
        ("scaling: {target_cpu: 101%}", "config.invalid-value", "write for example `70%`"),
        ("networking: {bandwidth: 10GB}", "config.invalid-value", "write for example `10Gbps`"),
        ("deployment: {termination_grace_period: 30}", "config.invalid-value", "write for example `30s`"),
        ("deployment: {replicas: 2.5}", "config.invalid-value", "write for example `3`"),
        ("deployment: {replicas: -1}", "config.invalid-value", "write for example `3`"),
        ("deployment: {replicas: '2'}", "config.wrong-kind", "remove the quotes: `2`"),
        ("deployment: {replicas: '-2'}", "config.wrong-kind", "write for example `3`"),
        ("networking: {port: 65536}", "config.invalid-value", "write for example `8080`"),
        ("workload: {rate: fast}", "config.invalid-value", "write for example `1.2M/hour`"),
        ("deployment: {replicas: [1]}", "config.wrong-kind", "write for example `3`"),
        ("deployment: {env: {A: 1}}", "config.wrong-kind", "write for example `[{name: LOG_LEVEL}]`"),
        ("monitoring: {alerts: {channels: pager}}", "config.wrong-kind", "write for example `[synthdata]`"),
        ("deployment: [1]", "config.wrong-kind", "write for example `key: value`"),
        ("deployment: {env: [{value: x}]}", "config.missing-key", "add `name:`"),
        (
            "deployment: {env: [{name: A, value: x}, {name: A, value: y}]}", "config.duplicate-entry",
            "keep one of them"
        ),
        // A key's own example, where that of its kind would mislead.
        ("providers: {aws: {region: US-EAST-1}}", "config.invalid-value", "write for example `eu-west-1`"),
        (
            "providers: {aws: {cluster_endpoint: localhost}}", "config.invalid-value",
            "write for example `https://127.0.0.1:8443`"
        ),
        (
            "providers: {aws: {permissions_boundary: nodes}}", "config.invalid-value",
            "write for example `arn:aws:iam::123456789012:policy/boundary`"
        ),
        (
            "providers: {aws: {node_role: nodes}}", "config.invalid-value",
            "write for example `arn:aws:iam::123456789012:role/nodes`"
        ),
        (
            "providers: {aws: {subnets: subnet-1}}", "config.wrong-kind",
            "write for example `[subnet-0123456789abcdef0]`"
        ),
        ("providers: {aws: {subnets: [[a]]}}", "config.wrong-kind", "write for example `text`"),
        ("providers: {gcp: {region: EU}}", "config.invalid-value", "write for example `europe-west4`"),
        ("monitoring: {log_retention: 30}", "config.invalid-value", "write for example `30d`"),
        (
            "providers: {aws: {ami_type: AL2023_x86_64_NVIDA}}", "config.invalid-value",
            "did you mean `AL2023_x86_64_NVIDIA`?"
        ),
        ("[1]", "config.wrong-kind", "write sections such as `resources:`"),
    ])
    func problemsAreToldWithAWayOut(layer: String, code: String, fix: String) throws {
        let problems = try Project.problems(layer: layer)
        #expect(problems.map(\.code.name) == [code])
        #expect(problems.first?.fix == fix)
        #expect(problems.first?.location?.line == 1)
    }

    @Test(arguments: [
        ("scaling: {enabled: yes}", "in YAML 1.2 `yes` is text; booleans are `true` and `false`"),
        ("scaling: {enabled: 'true'}", "in quotes `true` is text"),
        ("deployment: {replicas: '2'}", "in quotes `2` is text"),
        ("deployment: {labels: {a: true}}", "without quotes `true` and `false` are booleans"),
        ("resources: {memory: 16GB}", "Kubernetes writes sizes as `Gi` (1024³) or `G` (1000³), without the B"),
        (
            "resources: {memory: 512}",
            "less than 1Mi is surely a missing unit: it takes 1Mi or more, a number with the suffix Mi, Gi or Ti "
                + "(of 1024) or M, G or T (of 1000)"
        ),
        (
            "resources: {memory: 0}",
            "it takes 1Mi or more, a number with the suffix Mi, Gi or Ti (of 1024) or M, G or T (of 1000)"
        ),
        ("resources: {cpu: -1}", "it takes 1m (a thousandth of a CPU) to 4096"),
        ("resources: {cpu: 0}", "it takes 1m (a thousandth of a CPU) to 4096"),
        ("resources: {cpu: 5000}", "it takes 1m (a thousandth of a CPU) to 4096"),
        ("deployment: {replicas: 2.5}", "it takes a whole number from 0 to 10000"),
        (
            "deployment: {rollout: {max_surge: -1}}",
            "it takes a whole number, at least 0, or a whole percentage from 1% to 100%"
        ),
    ])
    func theReasonIsTold(layer: String, why: String) throws {
        #expect(try Project.problems(layer: layer).map(\.why) == [why])
    }

    @Test func manyProblemsOfAKindAreToldOnce() throws {
        let lines = (0..<40).map { "\(String(repeating: "x", count: 200))\($0): 1\n" }.joined()
        let problems = try Project.problems(layer: lines + "resources: {cpu: lots}\n")
        #expect(problems.count == 12)
        #expect(problems.allSatisfy { $0.what.count < 100 })
        #expect(problems[10].what == "and 30 more like these")
        #expect(problems[10].code.name == "config.unknown-key")
        #expect(problems.last?.code.name == "config.invalid-value")
    }

    @Test func allProblemsAreReportedAtOnceAtTheirPlaces() throws {
        let problems = try Project.problems(
            layer: "resources:\n  memry: 1\n  cpu: lots\nscaling:\n  enabled: on\nnetworking: {port: 0}\n")
        #expect(
            problems.compactMap { $0.location.map { "\($0.line):\($0.column)" } } == ["2:3", "3:8", "5:12", "6:20"])
    }

    @Test(arguments: [
        "deployment.namespace=../etc", "deployment.namespace=Big", "storage.mount_path=/data/../etc",
        "storage.mount_path=data", "storage.mount_path=/", "storage.storage_class=a/b", "deployment.version=../1",
        "deployment.version='1; rm -rf'", "deployment.image=a//b", "security.secrets=[{name: ../secret}]",
        "deployment.env=[{name: 'A B', value: x}]", "deployment.env=[{name: 'A=B', value: x}]",
        "networking.ingress.host='a b'", "health.readiness.path='/a b'", "monitoring.prometheus.url=file:///etc",
        "networking.ingress.controller_addresses=[10.0.0.0/33]", "providers.aws.region=../x",
    ])
    func whatTheUserWritesCannotBecomeAPathOrAShellWord(assignment: String) throws {
        let problems = try Project.problems(set: [assignment])
        #expect(problems.map(\.code.name) == ["config.invalid-value"])
    }

    @Test(arguments: [
        "deployment.image=registry.example.com:5000/team/service:1.2",
        "deployment.image=service@sha256:\(String(repeating: "0a", count: 32))", "resources.cpu=500m",
        "resources.memory=1.5Gi", "scaling.target_cpu=100%", "deployment.rollout.max_surge=25%",
        "deployment.termination_grace_period=1h30m", "networking.bandwidth=2.5Gbps", "workload.rate=50/hour",
        "deployment.replicas=1e1", "deployment.version=1.10",
    ])
    func goodValuesPass(assignment: String) throws {
        #expect(try Project.problems(set: [assignment]).isEmpty)
    }
}
