import ConfigurationManager
import Diagnostics
import Documents
import ServiceModel
import Testing

/// The files of a project: layers by their names, services, and what is neither.
@Suite struct ProjectTests {
    static func problems(_ files: [String: String], layers: String? = nil, files given: [String] = []) throws
        -> [Diagnostic]
    {
        let project = try Project(files)
        let request = try project.request(
            given.isEmpty ? .tabular : nil, name: given.isEmpty ? "demo" : nil,
            files: given, layers: layers)
        do {
            _ = try Project.configurations(request)
            return []
        } catch let report as DiagnosticReport {
            return report.diagnostics
        }
    }

    @Test(arguments: [
        ("synthdata/bases.yaml", "did you mean `base.yaml`?"),
        ("synthdata/data-types/imges.yaml", "did you mean `data-types/image.yaml`?"),
        ("synthdata/providers/gpc.yaml", "did you mean `providers/gcp.yaml`?"),
        ("synthdata/base.old.yaml", nil), ("synthdata/environments/deeper/production.yaml", nil),
        ("synthdata/providers/../odd name.yaml", nil),
    ])
    func misnamedLayersAreRefused(path: String, fix: String?) throws {
        let problems = try Self.problems([path: "resources: {cpu: 1}\n"], layers: "synthdata")
        #expect(problems.map(\.code.name) == ["config.misnamed-layer"])
        if let fix { #expect(problems.first?.fix == fix) }
    }

    @Test(arguments: ["synthdata/base.yml", "synthdata/base.json"])
    func twoFilesForOneLayerAreRefused(second: String) throws {
        let problems = try Self.problems(["synthdata/base.yaml": "{}", second: "{}"], layers: "synthdata")
        #expect(problems.map(\.code.name) == ["config.duplicate-layer"])
    }

    @Test func aLayerIsOneDocument() throws {
        let problems = try Self.problems(["synthdata/base.yaml": "{}\n---\n{}\n"], layers: "synthdata")
        #expect(problems.map(\.code.name) == ["document.many"])
    }

    @Test func theProjectsBaseSaysWhatIsMeant() throws {
        let project = try Project(["synthdata/base.yaml": "base: {defaults: {provider: gcp, environment: staging}}\n"])
        let request = try project.request(provider: nil, environment: nil, layers: "synthdata")
        let service = try #require(Project.configurations(request).first)
        #expect(service.provider == .gcp)
        #expect(service.environment == .staging)
    }

    @Test(arguments: [(nil, .development), (.aws, .production)] as [(ProviderKind?, DeploymentEnvironment)])
    func theEnvironmentFollowsTheProvider(provider: ProviderKind?, expected: DeploymentEnvironment) throws {
        let request = try Project().request(provider: provider, environment: nil)
        #expect(try Project.configurations(request).first?.environment == expected)
    }

    static func service(_ name: String = "demo", spec: String = "type: tabular", more: String = "") -> String {
        "apiVersion: synthdata.io/v1\nkind: SyntheticDataService\nmetadata: {name: \(name)}\nspec: {\(spec)}\n\(more)"
    }

    @Test(arguments: [
        (service("../etc"), "service.invalid-name"), (service("a b"), "service.invalid-name"),
        (service("Big"), "service.invalid-name"),
        (service(String(repeating: "x", count: 64)), "service.invalid-name"),
        (service(spec: "type: tabluar"), "service.unknown-type"),
        (service(spec: "type: ../image"), "service.unknown-type"),
        (service(spec: "type: tabular, provider: gpc"), "config.invalid-value"),
        (service(spec: "type: tabular, replica: 2"), "config.unknown-key"),
        (service(spec: "provider: aws"), "service.missing-type"),
        (service(more: "---\n" + service()), "service.duplicate"),
        (service(spec: "type: image, overrides: {image: {storage: {size: 1Ti}}}"), "config.unknown-key"),
        (service(spec: "type: image, overrides: {base: {storage: {size: 1Ti}}}"), "config.unknown-key"),
        (service(spec: "type: image, replicas: 2, overrides: {deployment: {replicas: 3}}"), "config.conflicting-keys"),
        ("kind: SyntheticDataService\nmetadata: {name: a}\n", "config.missing-key"),
        ("apiVersion: v1\nkind: Pod\n", "config.invalid-value"),
    ])
    func brokenServiceFilesAreTold(text: String, code: String) throws {
        let problems = try Self.problems(["service.yaml": text], files: ["service.yaml"])
        #expect(Set(problems.map(\.code.name)).contains(code))
        #expect(problems.allSatisfy { $0.location != nil })
    }

    @Test func wrappedOverridesAreExplained() throws {
        let text = Self.service(spec: "type: image, overrides: {image: {storage: {size: 1Ti}}}")
        let problems = try Self.problems(["service.yaml": text], files: ["service.yaml"])
        #expect(problems.map(\.fix) == ["write the sections of `image` directly below `overrides`"])
    }

    @Test func shortFormsDeleteToo() throws {
        let text = """
            apiVersion: synthdata.io/v1
            kind: SyntheticDataService
            metadata: {name: demo, labels: {app: null, team: data}}
            spec: {type: tabular, version: 1.10}
            """
        let project = try Project(["service.yaml": text])
        let service = try #require(
            Project.configurations(project.request(nil, name: nil, files: ["service.yaml"])).first)
        #expect(try service.value("deployment.labels") == ["managed-by": "common-infra-lib", "team": "data"])
        #expect(try service.value("deployment.version") == "1.10")
    }

    /// Tabs and escaped surrogate pairs are JSON that a YAML reader refuses.
    @Test(arguments: ["fleet.json", "fleet.yaml"])
    func documentsInJSONAreReadWhateverTheFileIsCalled(name: String) throws {
        let text =
            "{\n\t\"apiVersion\": \"synthdata.io/v1\",\n\t\"kind\": \"SyntheticDataService\",\n"
            + "\t\"metadata\": {\"name\": \"demo\"},\n\t\"spec\": {\"type\": \"text\", \"overrides\":\n"
            + "\t\t{\"specific\": {\"face\": \"\\ud83d\\ude00\"}}}\n}\n"
        let project = try Project([name: text])
        let service = try #require(Project.configurations(project.request(nil, name: nil, files: [name])).first)
        #expect(try service.value("specific.face") == "😀")
    }

    @Test func brokenJSONIsToldAsJSON() throws {
        let problems = try Self.problems(["a.json": "{\"kind\": }"], files: ["a.json"])
        #expect(problems.map(\.location?.line) == [1])
        #expect(problems.map(\.code.name) == ["document.syntax"])
    }

    @Test func foldersMakeFleets() throws {
        let project = try Project([
            "fleet/a.yaml": Self.service("a"), "fleet/deeper/b.yaml": Self.service("b", spec: "type: time-series"),
            "fleet/notes.txt": "not read",
        ])
        let services = try Project.configurations(project.request(nil, name: nil, files: ["fleet"]))
        #expect(services.map(\.service.name.value) == ["a", "b"])
        #expect(services.map(\.dataType) == [.tabular, .timeSeries])
    }
}
