import ConfigurationManager
import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel
import Testing

/// The blocks of configuration and the examples of the document that the platform was designed in.
@Suite struct FoundingDocumentTests {
    static func configuration(_ type: DataType, _ files: String...) throws -> ServiceConfiguration {
        let project = try Project()
        var request = try project.request(type, provider: .aws)
        request.files = files.map { Project.fixtures.appending(path: "founding/\($0)").path() }
        return try #require(Project.configurations(request).first)
    }

    @Test(
        arguments: [
            ("deployment.namespace", "synthdata"), ("deployment.labels.app", "inferloop-synthdata"),
            ("networking.service_type", "ClusterIP"), ("networking.ingress.tls", true),
            (#"networking.ingress.annotations.cert-manager\.io/cluster-issuer"#, "letsencrypt"),
            ("monitoring.prometheus.retention", "30d"), ("monitoring.alerts.channels", ["email", "slack"]),
            ("security.pod_security.enabled", true), ("resources.gpu.count", 1),
            ("resources.gpu.type", "nvidia-tesla-t4"), ("storage.size", "500Gi"), ("storage.storage_class", "fast-ssd"),
            ("storage.mount_path", "/data/images"), ("specific.model_cache.size", "100Gi"),
            ("specific.model_cache.preload_models", ["stable-diffusion", "gan-v2"]),
            ("specific.postprocessing.quality", 85),
        ] as [(String, Node)])
    func configurationBlockLoads(path: String, expected: Node) throws {
        #expect(try Self.configuration(.image, "configuration.yaml").value(path) == expected)
    }

    @Test func wrappedSectionsAreForTheirTypeOnly() throws {
        let configuration = try Self.configuration(.tabular, "configuration.yaml")
        #expect(try configuration.value("storage.mount_path") == "/data/tabular")
        #expect(try configuration.value("resources.gpu") == nil)
    }

    @Test func metricBlocksLoad() throws {
        let tabular = try Self.configuration(.tabular, "metrics.yaml")
        #expect(
            try tabular.value("monitoring.metrics.generation[1].buckets") == [0.1, 0.5, 1, 5, 10, 30, 60])
        #expect(try tabular.value("monitoring.metrics.quality[0].name") == "synthdata_tabular_privacy_score")
        let image = try Self.configuration(.image, "metrics.yaml")
        #expect(try image.value("monitoring.metrics.generation[0].labels") == ["model", "resolution", "category"])
        #expect(try image.value("monitoring.metrics.quality[0].help") == "Fréchet Inception Distance score")
    }

    /// The document shows two files in one block of text, each below a comment with its name. A block is no file:
    /// as one it would say `groups` twice, which YAML does not allow.
    @Test func aBlockOfTwoFilesIsNotOneFile() throws {
        #expect(try Self.filesOfAlerts().map(\.name) == ["common.yaml", "image.yaml"])
        let report = #expect(throws: DiagnosticReport.self) { try Self.configuration(.image, "alerts.yaml") }
        #expect(report?.diagnostics.map(\.code.name) == ["document.duplicate-key"])
    }

    /// The files of the block, every line as it stands in the document.
    static func filesOfAlerts() throws -> [(name: String, text: String)] {
        let block = try String(contentsOf: Project.fixtures.appending(path: "founding/alerts.yaml"), encoding: .utf8)
        var files: [(name: String, text: String)] = []
        for line in block.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# monitoring/alerts/") {
                files.append((String(line.split(separator: "/").last ?? ""), ""))
            }
            if !files.isEmpty { files[files.count - 1].text += line + "\n" }
        }
        return files
    }

    @Test func alertFilesMergeByGroup() throws {
        let project = try Project()
        let files = try Self.filesOfAlerts()
        for file in files { try project.write(file.name, file.text) }
        let image = try #require(
            Project.configurations(project.request(.image, provider: .aws, files: files.map(\.name))).first)
        let groups = try #require(try image.value("monitoring.alerts.groups")?.sequence)
        #expect(groups.map { $0["name"] } == ["synthetic_data_common", "synthetic_data_image"])
        #expect(
            groups.first?.value("rules")?.sequence?.first?["expr"] == "rate(synthdata_errors_total[5m]) > 0.05\n")
        #expect(groups.last?.value("rules")?.sequence?.last?["for"] == "30m")
    }

    struct Example: CustomTestStringConvertible {
        let type: DataType
        /// The document's `config_overrides` as YAML, and as flags.
        let overrides: String
        let flags: [String]
        let expected: [(path: String, value: Node)]

        var testDescription: String { type.rawValue }
    }

    static let examples = [
        Example(
            type: .tabular, overrides: "resources: {memory: 32Gi}", flags: ["resources.memory=32Gi"],
            expected: [("resources.memory", "32Gi"), ("resources.cpu", "4")]),
        Example(
            type: .image,
            overrides: "{gpu: {type: nvidia-tesla-v100, count: 2}, storage: {size: 1Ti, cdn_enabled: true}}",
            flags: ["gpu.type=nvidia-tesla-v100", "gpu.count=2", "storage={size: 1Ti, cdn_enabled: true}"],
            expected: [
                ("resources.gpu.type", "nvidia-tesla-v100"), ("resources.gpu.count", 2), ("storage.size", "1Ti"),
                ("storage.cdn_enabled", true),
            ]),
        Example(
            type: .video,
            overrides: """
                gpu: {type: nvidia-a100, count: 4}
                storage: {size: 5Ti, storage_class: ultra-fast-nvme}
                networking: {bandwidth: 10Gbps}
                """,
            flags: [
                "gpu={type: nvidia-a100, count: 4}", "storage.persistent_volume_size=5Ti",
                "storage.storage_class=ultra-fast-nvme", "networking.bandwidth=10Gbps",
            ],
            expected: [
                ("resources.gpu.type", "nvidia-a100"), ("resources.gpu.count", 4), ("storage.size", "5Ti"),
                ("storage.storage_class", "ultra-fast-nvme"), ("networking.bandwidth", "10Gbps"),
            ]),
    ]

    @Test(arguments: examples)
    func overridesWorkAsFlagsAndInServiceFiles(example: Example) throws {
        let overrides = example.overrides.split(separator: "\n").map { "    \($0)\n" }.joined()
        let project = try Project([
            "service.yaml": """
            apiVersion: synthdata.io/v1
            kind: SyntheticDataService
            metadata: {name: demo}
            spec:
              type: \(example.type.rawValue)
              overrides:
            \(overrides)
            """
        ])
        let file = try project.request(nil, name: nil, provider: .aws, files: ["service.yaml"])
        let flags = try project.request(example.type, provider: .aws, set: example.flags)
        for request in [file, flags] {
            let configuration = try #require(Project.configurations(request).first)
            for (path, value) in example.expected { #expect(try configuration.value(path) == value) }
        }
    }
}
