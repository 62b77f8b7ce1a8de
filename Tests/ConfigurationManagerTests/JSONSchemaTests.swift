import Diagnostics
import Documents
import EmbeddedFiles
import Foundation
import Profiles
import ServiceModel
import Testing

@testable import CommandLineInterface
@testable import ConfigurationManager

/// The schema as python-jsonschema reads it: valid itself, and of one mind with the tool.
@Suite struct JSONSchemaTests {
    @Test func acceptsWhatLoadsAndRefusesTypos() throws {
        let project = try Project(["schema.json": JSONEmitter.emit(JSONSchemaDocument.node)])
        var accepted = 0
        for folder in ["data-types", "providers", "environments"] {
            for file in BuiltInProfiles.files.files(under: folder) {
                try project.write("accept/\(file.path)", file.contents)
                accepted += 1
            }
        }
        try project.write("accept/base.yaml", #require(BuiltInProfiles.files["base.yaml"]).contents)
        for name in ["configuration", "metrics"] {
            let file = Project.fixtures.appending(path: "founding/\(name).yaml")
            try project.write("accept/founding/\(name).yaml", String(contentsOf: file, encoding: .utf8))
        }
        for file in try FoundingDocumentTests.filesOfAlerts() {
            try project.write("accept/founding/\(file.name)", file.text)
        }
        for type in DataType.allCases {
            for file in ProjectScaffold(service: try ServiceName("demo"), dataType: type).files {
                try project.write("accept/\(type)/\(file.path)", file.text)
                accepted += 1
            }
        }
        for (index, text) in Self.alsoAccepted.enumerated() { try project.write("accept/more-\(index).yaml", text) }
        for (index, text) in Self.refused.enumerated() { try project.write("refuse/\(index).yaml", text) }
        accepted += 1 + 4 + Self.alsoAccepted.count

        let (status, output) = try Python.run(
            "Tests/Support/validate_schema.py", project.path("schema.json"), project.path("accept"),
            project.path("refuse"))
        #expect(status == 0, "\(output)")
        #expect(output.contains("\(accepted) accepted, \(Self.refused.count) refused"), "\(output)")
    }

    /// The tool is asked about the same texts.
    @Test(arguments: alsoAccepted) func theToolAccepts(text: String) throws {
        let problems = try Project.problems(layer: text).filter { $0.code.name != "service.missing-type" }
        #expect(problems == [])
    }

    @Test(arguments: refused) func theToolRefuses(text: String) throws {
        #expect(try !Project.problems(layer: text).isEmpty)
    }

    static let alsoAccepted = [
        "deployment: {resources: {requests: {cpu: 2, nvidia.com/gpu: 0}, storage_type: standard}}",
        "resources: {requests: {memory: 2Gi}, limits: {nvidia.com/gpu: 0}}", "gpu: null",
        "storage: {volume_size: 1Ti}", "storage: {persistent_volume_size: 1Ti}",
        "security: {pod_security_policy: {enabled: true}}", "time-series: {resources: {cpu: 2}}",
        "specific: {anything: [1, {goes: true}]}", "resources: {ephemeral_storage: null}",
    ]

    static let refused = [
        "resources: {memry: 1Gi}", "resource: {memory: 1Gi}", "scaling: {enabled: 'yes'}", "scaling: {target_cpu: 70}",
        "deployment: {replicas: -1}", "deployment: {resources: {requests: {cpus: 1}}}", "gpu: {kind: x}",
        "networking: {port: 0}", "deployment: {env: {A: b}}", "deployment: {termination_grace_period: 30}",
        "storage: {volume_sise: 1Ti}", "image: {storage: {sise: 1Ti}}", "groups: [{nam: x}]",
        "kind: SyntheticDataService\napiVersion: synthdata.io/v1\nmetadata: {name: a}\nspec: {typ: image}",
        "kind: SyntheticDataService\napiVersion: synthdata.io/v1\nmetadata: {name: A_B}\nspec: {type: image}",
        "kind: SyntheticDataService\napiVersion: synthdata.io/v1\nmetadata: {name: a}\nspec: {type: imag}",
        "apiVersion: synthdata.io/v1\nmetadata: {name: a}",
    ]
}
