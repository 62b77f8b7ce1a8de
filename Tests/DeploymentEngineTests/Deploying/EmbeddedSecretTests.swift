import Diagnostics
import Documents
import ServiceModel
import Testing

/// Secrets in a JSON document that is the text of a field, such as what a workload is told.
@Suite struct EmbeddedSecretTests {
    private static func map(_ text: String) -> Node {
        ["apiVersion": "v1", "kind": "ConfigMap", "data": ["service.json": .string(text), "note": "{ no JSON"]]
    }

    private static func mark(_ text: String) -> String { SecretRedaction.marked(.string(text)).string ?? "" }

    /// With `*` for the mark of `hunter2`.
    private static func shown(_ text: String) -> String? {
        SecretRedaction.redacted(map(text))["data"]?["service.json"]?.string?.replacing(mark("hunter2"), with: "*")
    }

    static let documents: [(String, String, String)] = [
        ("a field", #"{"api_token":"hunter2","name":"demo"}"#, #"{"api_token":"*","name":"demo"}"#),
        ("deep", #"{"a":[{"b":{"PASSWORD":"hunter2"}}]}"#, #"{"a":[{"b":{"PASSWORD":"*"}}]}"#),
        (
            "all below a name", #"{"credentials":{"user":"hunter2","list":["hunter2"]}}"#,
            #"{"credentials":{"user":"*","list":["*"]}}"#
        ),
        ("a variable", #"[{"name":"API_KEY","value":"hunter2"}]"#, #"[{"name":"API_KEY","value":"*"}]"#),
        ("a URL", #"{"database":"postgres://u:hunter2@db/x"}"#, #"{"database":"#),
        ("a URL in a list", #"{"sources":["postgres://u:hunter2@db/x"]}"#, #"{"sources":["#),
        ("a number of tokens", #"{"max_tokens":512}"#, #"{"max_tokens":512}"#),
        ("a switch", #"{"authentication":true,"token":null}"#, #"{"authentication":true,"token":null}"#),
        ("nothing", #"{ "name" : "demo" }"#, #"{ "name" : "demo" }"#),
        ("a document in it", #"{"inner":"{\"token\":\"hunter2\"}"}"#, #"{"inner":"{\"token\":\"*\"}"}"#),
        ("lines", "{\n  \"token\": \"hunter2\"\n}\n", "{\n  \"token\": \"*\"\n}\n"),
        ("no JSON", #"{"token": hunter2}"#, #"{"token": hunter2}"#),
    ]

    @Test(arguments: documents)
    func theNamesInTheDocumentTell(name: String, text: String, expected: String) {
        let shown = Self.shown(text)
        #expect(shown?.hasPrefix(expected) == true, "\(shown ?? "")")
        if name != "no JSON" { #expect(shown?.contains("hunter2") == false) }
    }

    @Test func aDifferenceTellsThatItChangedAndNotWhat() throws {
        let fields = FieldDifference.between(
            Self.map(#"{"token":"old-secret","seed":1}"#), Self.map(#"{"token":"new-secret","seed":1}"#))
        #expect(fields.map { "\($0.path)" } == [#"data.service\.json"#])
        #expect(fields.first?.old?.string == #"{"token":"\#(Self.mark("old-secret"))","seed":1}"#)
        #expect(fields.first?.new?.string == #"{"token":"\#(Self.mark("new-secret"))","seed":1}"#)
    }

    @Test func textThatRepeatsItIsScrubbed() {
        let secrets = Scrubber.secretValues(in: Self.map(#"{"token":"hunter2-long","pin":{"pass":123456789}}"#))
        #expect(secrets == ["hunter2-long", "123456789"])
        #expect(Scrubber(secrets).scrubbed("log: hunter2-long") == "log: \(Self.mark("hunter2-long"))")
    }

    /// A mark must never be written into a configuration.
    @Test func driftOfItCannotBeAdopted() {
        let path = NodePath(keys: ["data", "service.json"])
        func drift(_ text: String) -> FieldDrift {
            FieldDrift(path: path, deployed: "{}", live: .string(text), author: nil, isSecret: false)
        }
        #expect(drift(#"{"token":"hunter2"}"#).isSecret)
        #expect(!drift(#"{"seed":2}"#).isSecret)
    }
}
