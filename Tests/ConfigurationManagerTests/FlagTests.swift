import ConfigurationManager
import Diagnostics
import Documents
import ServiceModel
import Testing

@Suite struct FlagTests {
    @Test(
        arguments: [
            (["deployment.version=1.10"], "deployment.version", "1.10"),
            (
                ["deployment.env=[{name: A, value: '1'}]", "deployment.env=[{name: B, value: '2'}]"],
                "deployment.env", [["name": "A", "value": "1"], ["name": "B", "value": "2"]]
            ),
            (
                ["deployment.env=[{name: A, value: '1'}]", "deployment.env=[{name: A, value: '2'}]"],
                "deployment.env", [["name": "A", "value": "2"]]
            ),
            (
                ["deployment.env=[{name: A, value: '1'}]", "deployment.env[0].value=two"],
                "deployment.env", [["name": "A", "value": "two"]]
            ),
            (
                [
                    "deployment.env=[{name: A, value: '1'}, {name: B, value: '2'}]",
                    "deployment.env[0]={name: C, value: '3'}",
                ],
                "deployment.env", [["name": "C", "value": "3"], ["name": "B", "value": "2"]]
            ),
            (
                ["deployment.env=[{name: A, value: '1'}]", "deployment.env[0].name=C"],
                "deployment.env", [["name": "C", "value": "1"]]
            ),
            (
                ["deployment.env=[{name: A, value: '1'}]", "deployment.env[1]={name: B, value: '2'}"],
                "deployment.env", [["name": "A", "value": "1"], ["name": "B", "value": "2"]]
            ),
            (
                ["deployment.env=[{name: A, value: '1'}, {name: B, value: '2'}]", "deployment.env[0]=null"],
                "deployment.env", [["name": "B", "value": "2"]]
            ),
            (
                ["deployment.env=[{name: A, value: '1'}]", "deployment.env[0]={name: B, secret: {name: s, key: k}}"],
                "deployment.env", [["name": "B", "secret": ["name": "s", "key": "k"]]]
            ),
            (["monitoring.alerts.channels[0]=null"], "monitoring.alerts.channels", ["slack"]),
            (["monitoring.alerts.channels[0]=pager"], "monitoring.alerts.channels", ["pager", "slack"]),
            (["monitoring.alerts.channels[2]=pager"], "monitoring.alerts.channels", ["email", "slack", "pager"]),
            (
                ["monitoring.alerts.channels[1]=pager", "monitoring.alerts.channels=[one]"],
                "monitoring.alerts.channels", ["one"]
            ),
            (["gpu.count=2", "gpu.type=nvidia-l4"], "resources.gpu.count", 2),
            ([#"deployment.resources.requests.nvidia\.com/gpu=2"#, "gpu.type=nvidia-l4"], "resources.gpu.count", 2),
            (["deployment.resources.requests={nvidia.com/gpu: 3}", "gpu.type=nvidia-l4"], "resources.gpu.count", 3),
            (["deployment.resources={requests: {cpu: 3}, limits: {cpu: 6}}"], "resources.limits.cpu", "6"),
            (["storage.persistent_volume_size=1Ti"], "storage.size", "1Ti"),
            (["storage.volume_size=1Ti", "storage.size=2Ti"], "storage.size", "2Ti"),
            (
                ["resources={cpu: 1}", "resources={limits: {memory: 64Gi}}", "resources={limits: null}"],
                "resources.cpu", "1"
            ),
            (["storage.compression=null"], "storage.compression", nil),
            (["resources.limits.cpu=9", "resources={limits: null}"], "resources.limits", nil),
            (["specific.anything.at.all=[1, {two: 3}]"], "specific.anything.at.all", [1, ["two": 3]]),
            (["specific.flag=true"], "specific.flag", true), (["specific.text='true'"], "specific.text", "true"),
        ] as [([String], String, Node?)])
    func assignmentsApplyInOrder(flags: [String], path: String, expected: Node?) throws {
        #expect(try Project.configured(set: flags).value(path) == expected)
    }

    @Test(arguments: [
        ("resources.memory", "config.assignment"), ("=1", "document.path"), ("a..b=1", "document.path"),
        ("resources.memory=[", "document.syntax"), ("a[x]=1", "document.path"),
    ])
    func malformedAssignmentsAreToldAtTheFlag(text: String, code: String) throws {
        let problem = #expect(throws: Diagnostic.self) {
            try ConfigurationRequest.Assignment(parsing: text, flag: "--set")
        }
        #expect(problem?.code.name == code)
        #expect(problem?.location?.description.hasPrefix("--set") == true)
    }

    @Test(arguments: ["resources.memory=", "resources.memory= ", "deployment.version="])
    func anEmptyValueIsNotADeletion(text: String) throws {
        let problem = #expect(throws: Diagnostic.self) {
            try ConfigurationRequest.Assignment(parsing: text, flag: "--set")
        }
        #expect(problem?.what.hasSuffix(" is empty") == true)
    }

    @Test func malformedValuesAreNotRepeated() throws {
        let problem = #expect(throws: Diagnostic.self) {
            try ConfigurationRequest.Assignment(parsing: "specific.token=[s3cret", flag: "--set")
        }
        #expect(problem?.description.contains("s3cret") == false)
    }

    @Test(arguments: [
        ("monitoring.alerts.channels[9]=x", "config.assignment"), ("resources.memry=1Gi", "config.unknown-key"),
        ("deployment.labels[0]=x", "config.assignment"), ("resources.cpu[0]=1", "config.assignment"),
        ("monitoring.alerts.channels[2]=null", "config.assignment"),
    ])
    func assignmentsThatFitNothingAreRefused(text: String, code: String) throws {
        #expect(try Project.problems(set: [text]).map(\.code.name) == [code])
    }

    /// An entry that would be there twice is not merged into the other one.
    @Test func anEntryPutAtAPositionMayNotBeThereTwice() throws {
        let problems = try Project.problems(set: [
            "deployment.env=[{name: A, value: '1'}, {name: B, value: '2'}]", "deployment.env[0]={name: B, value: '3'}",
        ])
        #expect(problems.map(\.code.name) == ["config.duplicate-entry"])
    }

    @Test func positionsThatAreThereAreTold() throws {
        let problem = try #require(try Project.problems(set: ["monitoring.alerts.channels[9]=x"]).first)
        #expect(problem.why == "the list has the positions 0 to 1")
        #expect(problem.fix == "write `[2]` to append, or set the whole list: `key=[a, b]`")
    }
}
