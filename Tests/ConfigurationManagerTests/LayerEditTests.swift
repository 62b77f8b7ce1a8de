import ConfigurationManager
import Diagnostics
import Documents
import Testing

/// Values are set in the text of a file; everything else in it stays as it is.
@Suite struct LayerEditTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let key: String
        let value: Node
        let result: String
        /// The line that was changed.
        let line: Int
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let key: String
        let value: Node
    }

    static let cases = [
        Case(
            testDescription: "a value, before its comment",
            text: "# top\nresources:\n  cpu: 1   # one\n  memory: 2Gi\n",
            key: "resources.cpu", value: 2, result: "# top\nresources:\n  cpu: 2   # one\n  memory: 2Gi\n", line: 3),
        Case(
            testDescription: "a quoted value stays quoted", text: "deployment: {image: \"a:1\", replicas: 2}\n",
            key: "deployment.image", value: "a:2", result: "deployment: {image: \"a:2\", replicas: 2}\n", line: 1),
        Case(
            testDescription: "text that looks like a number", text: "deployment:\n  version: one\n",
            key: "deployment.version", value: "1.10", result: "deployment:\n  version: \"1.10\"\n", line: 2),
        Case(
            testDescription: "behind characters of several bytes",
            text: "# größer → länger\ndeployment: {replicas: 2} # ✓\n",
            key: "deployment.replicas", value: 3, result: "# größer → länger\ndeployment: {replicas: 3} # ✓\n", line: 2),
        Case(
            testDescription: "an entry of a list",
            text: "deployment:\n  env:\n    - {name: A, value: x}\n    # b\n    - name: B\n      value: y\n",
            key: "deployment.env[1].value", value: "z",
            result: "deployment:\n  env:\n    - {name: A, value: x}\n    # b\n    - name: B\n      value: z\n", line: 6),
        Case(
            testDescription: "a new key, behind its section",
            text: "resources:\n  cpu: 1\n\n# other\nstorage:\n  size: 1Gi\n",
            key: "resources.memory", value: "4Gi",
            result: "resources:\n  cpu: 1\n  memory: 4Gi\n\n# other\nstorage:\n  size: 1Gi\n", line: 3),
        Case(
            testDescription: "a new section", text: "resources:\n    cpu: 1", key: "health.readiness.period",
            value: "7s",
            result: "resources:\n    cpu: 1\nhealth:\n  readiness:\n    period: 7s\n", line: 5),
        Case(
            testDescription: "a file with nothing but comments", text: "# mine\n", key: "resources.cpu", value: 2,
            result: "# mine\nresources:\n  cpu: 2\n", line: 3),
        Case(
            testDescription: "another spelling of the key", text: "gpu: {count: 1}\n", key: "resources.gpu.count",
            value: 2,
            result: "gpu: {count: 2}\n", line: 1),
        Case(
            testDescription: "below base:", text: "base:\n  resources: {cpu: 1}\n", key: "resources.cpu", value: 2,
            result: "base:\n  resources: {cpu: 2}\n", line: 2),
        Case(
            testDescription: "a service's short form", text: service("  replicas: 2 # two\n"),
            key: "deployment.replicas",
            value: 3, result: service("  replicas: 3 # two\n"), line: 7),
        Case(
            testDescription: "a service without the key", text: service("  overrides:\n    resources: {cpu: 1}\n"),
            key: "health.readiness.period", value: "7s",
            result: service(
                "  overrides:\n    resources: {cpu: 1}\n    health:\n      readiness:\n        period: 7s\n"), line: 11),
        Case(
            testDescription: "the service's own document of several",
            text: service("  replicas: 1\n", name: "other") + "---\n" + service("  replicas: 1\n"),
            key: "deployment.replicas", value: 3,
            result: service("  replicas: 1\n", name: "other") + "---\n" + service("  replicas: 3\n"), line: 15),
    ]

    private static func service(_ spec: String, name: String = "demo") -> String {
        "apiVersion: synthdata.io/v1\nkind: SyntheticDataService\nmetadata:\n  name: \(name)\nspec:\n  type: text\n\(spec)"
    }

    @Test(arguments: cases) func changesTheValueAndNothingElse(_ given: Case) throws {
        var edit = LayerEdit(path: "layer.yaml", bytes: Array(given.text.utf8), service: "demo")
        let location = try edit.set(given.value, at: NodePath(parsing: given.key))
        #expect(String(decoding: edit.bytes, as: UTF8.self) == given.result)
        #expect(location.line == given.line)
    }

    static let refused = [
        Refused(
            testDescription: "an alias stands for the value", text: "a: &x 1\nresources: {cpu: *x}\n",
            key: "resources.cpu",
            value: 2),
        Refused(
            testDescription: "an anchor that others stand for", text: "resources: {cpu: &x 1, limits: {cpu: *x}}\n",
            key: "resources.cpu", value: 2),
        Refused(
            testDescription: "text of several lines", text: "deployment:\n  image: >-\n    a\n    b\n",
            key: "deployment.image", value: "c"),
        Refused(
            testDescription: "behind text that goes on in the next line", text: "deployment:\n  image: a\n    b\n",
            key: "deployment.replicas", value: 3),
        Refused(
            testDescription: "a list that is not there", text: "resources: {cpu: 1}\n", key: "deployment.env[0].value",
            value: "x"),
        Refused(
            testDescription: "a section in one line", text: "resources: {cpu: 1}\n", key: "resources.memory",
            value: "1Gi"),
        Refused(
            testDescription: "another service's file", text: service("", name: "other"), key: "resources.cpu", value: 2),
    ]

    @Test(arguments: refused) func refusesWhatWouldChangeMore(_ given: Refused) throws {
        var edit = LayerEdit(path: "layer.yaml", bytes: Array(given.text.utf8), service: "demo")
        let problem = try #require(throws: Diagnostic.self) {
            try edit.set(given.value, at: NodePath(parsing: given.key))
        }
        #expect(problem.code == .notAdopted)
        #expect(problem.fix != nil)
        #expect(String(decoding: edit.bytes, as: UTF8.self) == given.text)
    }
}
