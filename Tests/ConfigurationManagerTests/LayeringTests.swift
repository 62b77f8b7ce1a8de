import ConfigurationManager
import Diagnostics
import Documents
import ServiceModel
import Testing

@Suite struct LayeringTests {
    /// Every layer sets the same key; the highest that is there wins.
    static let layers: [(name: String, version: String)] = [
        ("synthdata/base.yaml", "project-base"), ("synthdata/data-types/time-series.yaml", "project-type"),
        ("synthdata/providers/onprem.yaml", "project-provider"),
        ("synthdata/environments/production.yaml", "project-environment"), ("first.yaml", "first-file"),
        ("second.yaml", "second-file"),
    ]

    @Test(arguments: 0...layers.count)
    func laterLayersWin(count: Int) throws {
        let project = try Project(["synthdata/README.md": "not a layer"])
        for layer in Self.layers.prefix(count) {
            try project.write(layer.name, "deployment: {version: \(layer.version)}\n")
        }
        let files = ["first.yaml", "second.yaml"].prefix(max(0, count - 4))
        let request = try project.request(.timeSeries, files: Array(files), layers: "synthdata")
        let configuration = try #require(Project.configurations(request).first)
        let expected = count == 0 ? "latest" : Self.layers[count - 1].version
        #expect(try configuration.value("deployment.version") == .string(expected))
        let explanation = try Explanation(of: NodePath(parsing: "deployment.version"), in: configuration)
        #expect(explanation.chain.count == count + 1)
    }

    @Test func aDocumentWinsOverFilesAndFlagsOverDocuments() throws {
        let project = try Project([
            "layer.yaml": "resources: {cpu: 3, memory: 3Gi}\nstorage: {size: 3Gi}\n",
            "service.yaml": """
            apiVersion: synthdata.io/v1
            kind: SyntheticDataService
            metadata: {name: demo}
            spec: {type: tabular, overrides: {resources: {cpu: 5, memory: 5Gi}}}
            """,
        ])
        let request = try project.request(
            nil, name: nil, files: ["layer.yaml", "service.yaml"], set: ["resources.memory=7Gi"])
        let configuration = try #require(Project.configurations(request).first)
        #expect(try configuration.value("storage.size") == "3Gi")
        #expect(try configuration.value("resources.cpu") == "5")
        #expect(try configuration.value("resources.memory") == "7Gi")
        let chain = try Explanation(of: NodePath(parsing: "resources.memory"), in: configuration).chain
        #expect(
            chain.map(\.location.description.lastPart) == [
                "base.yaml:26:11", "tabular.yaml:6:11", "layer.yaml:1:29", "service.yaml:4:63",
                "--set resources.memory",
            ])
    }

    @Test func nullDeletesAndIsExplained() throws {
        let configuration = try Project.configured(.image, set: ["resources.gpu=null"])
        #expect(try configuration.value("resources.gpu") == nil)
        let explanation = try Explanation(of: NodePath(parsing: "gpu.count"), in: configuration)
        #expect(explanation.path.description == "resources.gpu.count")
        #expect(explanation.alias?.description == "gpu.count")
        #expect(explanation.value == nil)
        #expect(explanation.chain.map(\.value) == [1, nil])
        #expect(explanation.chain.last?.location.description == "--set resources.gpu")
    }

    /// A position counts in the merged list; every layer is asked for the entry of that name.
    @Test(
        arguments: [
            ("deployment.env[0].value", ["one.yaml a1"]),
            ("deployment.env[1].value", ["one.yaml b1", "two.yaml b2"]),
            ("deployment.env[2].value", ["two.yaml c2", "--set deployment.env[2].value c3"]),
            // D is deleted and then the last one of its list; the position that it had is no more.
            ("deployment.env[3].value", ["one.yaml d1", "two.yaml nothing"]),
            ("deployment.env[9].value", []),
            ("monitoring.alerts.channels[0]", ["base.yaml email", "two.yaml pager"]),
            ("monitoring.alerts.channels[1]", ["base.yaml slack", "two.yaml nothing"]),
            ("monitoring.metrics.generation[0].help", ["one.yaml first", "two.yaml nothing"]),
            ("specific.a.b", ["one.yaml 1", "two.yaml nothing"]),
        ] as [(String, [String])])
    func entriesOfListsAreFollowedByTheirNaturalKey(path: String, expected: [String]) throws {
        let project = try Project([
            "one.yaml": """
            deployment:
              env: [{name: A, value: a1}, {name: B, value: b1}, {name: X, value: x1}, {name: D, value: d1}]
            monitoring: {metrics: {generation: [{name: m, help: first}]}}
            specific: {a: {b: '1'}}
            """,
            "two.yaml": """
            deployment:
              env: [{name: C, value: c2}, {name: B, value: b2}, {name: D, value: null}, {name: X, value: null}]
            monitoring: {alerts: {channels: [pager]}, metrics: {generation: [{name: n}]}}
            specific: {a: two}
            """,
        ])
        let configuration = try #require(
            Project.configurations(
                project.request(files: ["one.yaml", "two.yaml"], set: ["deployment.env[2].value=c3"])
            ).first)
        let explanation = try Explanation(of: NodePath(parsing: path), in: configuration)
        #expect(
            explanation.chain.map { step in
                let file = step.location.file.name.lastPart
                return "\(file) \(step.value?.string ?? "nothing")"
            } == expected)
        #expect(explanation.value == explanation.chain.last?.value)
    }

    @Test(arguments: [
        ("resources: null", "layer.yaml:1:12"), ("resources: {cpu: null, memory: null}", "layer.yaml:1:18"),
    ])
    func aDeletedSectionIsToldWhereItWasDeleted(layer: String, place: String) throws {
        let problems = try Project.problems(layer: layer)
        #expect(problems.map(\.what) == ["`resources.cpu` has no value", "`resources.memory` has no value"])
        #expect(problems.first?.location?.description.lastPart == place)
        let flag = try Project.problems(set: ["resources=null"])
        #expect(flag.compactMap(\.location?.description) == ["--set resources", "--set resources"])
    }

    @Test func theLastAliasOfAChainIsFollowed() throws {
        let configuration = try Project.configured()
        let path = try NodePath(parsing: "deployment.resources.storage_type")
        #expect(try Explanation(of: path, in: configuration).path.description == "storage.type")
    }

    @Test func unknownPathsAreExplainedWithTheNearest() throws {
        let configuration = try Project.configured()
        let problem = #expect(throws: Diagnostic.self) {
            try Explanation(of: NodePath(parsing: "resources.memry"), in: configuration)
        }
        #expect(problem?.fix == "did you mean `resources.memory`?")
    }

    @Test func keyedListsMergeByNameAndOthersReplace() throws {
        let project = try Project([
            "one.yaml": """
            base: {deployment: {env: [{name: A, value: base}, {name: B, value: base}]}}
            deployment: {env: [{name: B, value: direct}]}
            tabular: {deployment: {env: [{name: C, value: tabular}]}}
            """,
            "two.yaml": "deployment: {env: [{name: A, value: null}]}\nmonitoring: {alerts: {channels: [pager]}}\n",
        ])
        let configuration = try #require(
            Project.configurations(project.request(files: ["one.yaml", "two.yaml"])).first)
        #expect(
            try configuration.value("deployment.env")
                == [["name": "B", "value": "direct"], ["name": "C", "value": "tabular"]])
        #expect(try configuration.value("monitoring.alerts.channels") == ["pager"])
    }

    @Test func aliasesKeepDeletionsAndTellDisagreements() throws {
        let project = try Project([
            "one.yaml": "resources: {limits: {cpu: 9}}\n",
            "two.yaml": "resources: {cpu: 3}\ndeployment: {resources: {limits: {cpu: null}}}\n",
        ])
        let configuration = try #require(
            Project.configurations(project.request(files: ["one.yaml", "two.yaml"])).first)
        #expect(try configuration.value("resources.limits.cpu") == nil)
        let problems = try Project.problems(layer: "gpu: {count: 2, type: nvidia-l4}\nresources: {gpu: {count: 4}}\n")
        #expect(problems.map(\.code.name) == ["config.conflicting-keys"])
        #expect(problems.first?.location?.line == 1)
        #expect(problems.first?.notes.first?.location?.line == 2)
        #expect(try Project.problems(layer: "gpu: {count: 2, type: nvidia-l4}\nresources: {gpu: {count: 2}}\n").isEmpty)
    }
}

extension String {
    /// What follows the last slash.
    fileprivate var lastPart: String { String(split(separator: "/").last ?? "") }
}
