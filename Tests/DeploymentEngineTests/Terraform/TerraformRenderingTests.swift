import Diagnostics
import Documents
import Foundation
import ServiceModel
import Testing

/// What is written for Terraform, without asking Terraform.
@Suite struct TerraformRenderingTests {
    /// Everything that a cloud's templates can say, and the least.
    static let cases = [
        ServiceCase.cloud(
            .aws, "monitoring.log_retention=10d", "scheduling.node_pool.spot=true",
            "security.cloud_secrets=[{name: database, reference: prod/database}]",
            "storage.bucket.encryption_key=alias/data", "providers.aws.account='123456789012'",
            "deployment.image=123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/images:2.1",
            "providers.aws.terraform.backend={s3: {bucket: states, key: demo.tfstate, region: eu-west-1}}"),
        ServiceCase.cloud(
            .gcp, "monitoring.log_retention=10d", "scheduling.node_pool.spot=true",
            "security.cloud_secrets=[{name: database, reference: database}]",
            "providers.gcp.terraform.backend={gcs: {bucket: states}}"),
        ServiceCase.cloud(
            .azure, "scheduling.node_pool.spot=true",
            "security.cloud_secrets=[{name: database, reference: /subscriptions/s/vaults/v/secrets/database}]"),
    ]

    /// `Fixtures/<case>/main.tf.json`, recorded anew with `RECORD=1`.
    @Test(arguments: cases) func configurationsAreAsRecorded(service: ServiceCase) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/\(service.name)/main.tf.json")
        let text = try service.terraformText()
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "record it with RECORD=1 if the change is meant, and review the difference")
        #expect(try service.terraformText() == text)
    }

    /// What Terraform would work out stands only where a template has it.
    @Test(arguments: ["${file(\"/etc/passwd\")}", "%{ if true }x%{ endif }", "$${x}"])
    func valuesAreNeverEvaluated(text: String) throws {
        let reference = try #require(JSONEmitter.emit(.string(text)) as String?)
        let service = ServiceCase.cloud(.gcp, "security.cloud_secrets=[{name: database, reference: \(reference)}]")
        let written = try #require(try service.terraform()[path("locals.secrets.database")]?.string)
        #expect(written == text.replacing("${", with: "$${").replacing("%{", with: "%%{"))
    }

    @Test func commentsTellTheLineBehindAValue() throws {
        let service = ServiceCase.cloud(.aws, "scheduling.node_pool.max_nodes=9")
        let pool = try #require(try service.terraform()[path("resource.aws_eks_node_group.pool")])
        let places = pool["//"]?.sequence?.compactMap(\.string) ?? []
        #expect(places.contains("scaling_config.max_size: --set scheduling.node_pool.max_nodes"))
        #expect(places.contains("instance_types[0]: profiles/data-types/image.yaml:8:11"))
        #expect(!places.contains { $0.contains("terraform/") })
    }

    /// The name that an account makes is the same whether this tool or Terraform works it out.
    @Test func anAccountThatIsNotPinnedIsWorkedOutByTerraform() throws {
        let pinned = try ServiceCase.cloud(.aws, "providers.aws.account='123456789012'").terraform()
        #expect(pinned[path("locals.bucket")]?.string?.hasPrefix("synthdata-demo-") == true)
        #expect(pinned[path("provider.aws.allowed_account_ids")] == ["123456789012"])
        let open = try ServiceCase.cloud(.aws).terraform()
        #expect(open[path("locals.bucket")]?.string?.hasPrefix("synthdata-demo-${substr(sha256(") == true)
        #expect(open[path("locals.bucket_place")] == "eu-west-1/main/synthdata/demo")
        #expect(open[path("provider.aws.allowed_account_ids")] == nil)
    }

    @Test(arguments: [
        ("storage.bucket.enabled=false", "aws_s3_bucket"), ("storage.cdn_enabled=false", "aws_cloudfront_distribution"),
        ("scheduling.node_pool.enabled=false", "aws_eks_node_group"),
        ("security.cloud_identity.enabled=false", "aws_iam_role.service"),
        ("providers.aws.node_role=arn:aws:iam::123456789012:role/nodes", "aws_iam_role.node"),
        ("providers.aws.identity=irsa", "aws_eks_pod_identity_association"),
    ])
    func whatIsSwitchedOffIsNotWritten(assignment: String, resource: String) throws {
        let place = try NodePath(parsing: "resource.\(resource)")
        #expect(try ServiceCase.cloud(.aws).terraform()[place] != nil)
        let without = try ServiceCase.cloud(.aws, assignment).terraform()
        #expect(without[place] == nil)
        // Nothing is left that speaks of it, such as an import.
        let written = JSONEmitter.emit(without)
        #expect(!written.contains("\"\(resource)") && !written.contains("{\(resource).data"))
    }

    // MARK: What cannot be written

    @Test(arguments: [
        (ProviderKind.aws, ["providers.aws.region", "providers.aws.cluster"]),
        (.gcp, ["providers.gcp.project", "providers.gcp.region", "providers.gcp.cluster"]),
        (.azure, ["providers.azure.subscription", "providers.azure.resource_group"]),
    ])
    func aServiceWithoutAClusterIsRefused(provider: ProviderKind, missing: [String]) throws {
        let service = ServiceCase(name: "nowhere", provider: provider)
        let report = #expect(throws: DiagnosticReport.self) { try service.terraform() }
        let told = report?.diagnostics ?? []
        #expect(Set(told.map(\.code.name)) == ["config.missing-value"])
        for key in missing { #expect(told.contains { $0.what.contains("`\(key)`") && $0.fix != nil }) }
    }

    @Test(arguments: [ProviderKind.onprem, .local]) func withoutACloudThereIsNothingToWrite(provider: ProviderKind) {
        let service = ServiceCase(name: "here", dataType: .text, provider: provider)
        let problem = #expect(throws: Diagnostic.self) { try service.terraform() }
        #expect(problem?.code.name == "terraform.provider")
    }

    @Test func aPoolWithoutMachinesIsRefused() {
        let report = #expect(throws: DiagnosticReport.self) { try ServiceCase.cloud(.gcp, of: .video).terraform() }
        #expect(report?.diagnostics.map(\.code.name) == ["config.no-instance-type"])
    }

    @Test(arguments: [
        ("{s3: {bucket: b, key: k, secret_key: hush}}", ["terraform.secret"]),
        ("{http: {address: 'https://jane:hush@example.com'}}", ["terraform.secret"]),
        ("{consul: {path: p}}", ["terraform.backend"]),
        ("{s3: {}, gcs: {}}", ["terraform.backend", "terraform.backend"]),
        ("{s3: {bucket: b, key: k, region: r}}", []),
    ])
    func theBackendIsOneAndHoldsNoSecret(backend: String, codes: [String]) throws {
        let service = ServiceCase.cloud(.aws, "providers.aws.terraform.backend=\(backend)")
        guard !codes.isEmpty else {
            #expect(try service.terraform()[path("terraform.backend.s3.key")] == "k")
            return
        }
        let report = #expect(throws: DiagnosticReport.self) { try service.terraform() }
        #expect(report?.diagnostics.map(\.code.name) == codes)
        #expect(report?.diagnostics.contains { "\($0)".contains("hush") } == false)
    }
}

/// The path that `text` writes; tests write constant ones.
private func path(_ text: String) -> NodePath {
    (try? NodePath(parsing: text)) ?? NodePath()
}
