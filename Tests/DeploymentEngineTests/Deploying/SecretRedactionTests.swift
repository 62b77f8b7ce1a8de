import Diagnostics
import Documents
import ServiceModel
import Testing

/// Values of variables that look like secrets leave the program nowhere but to the replicas.
@Suite struct SecretRedactionTests {
    private static func manifest(_ env: String) throws -> Node {
        try YAMLParser.parseOne(
            "{apiVersion: v1, kind: K, metadata: {name: demo}, spec: {env: \(env)}}", file: SourceFile("service.yaml"))
    }

    /// With words for the hashes.
    private static func text(_ node: Node?) -> String {
        var text = node.map { JSONEmitter.emit($0) } ?? "-"
        for (secret, word) in [("old-secret", "OLD"), ("new-secret", "NEW")] {
            let mark = SecretRedaction.marked(.string(secret)).string ?? ""
            text = text.replacing(mark, with: "<redacted \(word)>")
        }
        return text
    }

    /// Each form stands for the same value, and so has its mark.
    @Test(arguments: ["hunter2hunter2", #"hunter"2\hunter"#, "hunter\t2\u{1B}hunter", "hunter2\nhunter3"])
    func takesASecretOutOfTextHoweverItIsQuoted(secret: String) {
        let scrubber = Scrubber([secret])
        let mark = SecretRedaction.marked(.string(secret)).string ?? ""
        let json = JSONEmitter.emit(["text": .string("a \(secret) b")])
        let texts = [
            secret, json, JSONEmitter.emit(.string(json)), YAMLEmitter.emit(["text": .string("a \(secret)\u{1} b")]),
        ]
        for text in texts {
            let scrubbed = scrubber.scrubbed(text)
            #expect(!scrubbed.contains("hunter"), "\(scrubbed)")
            #expect(scrubbed.contains(mark), "\(scrubbed)")
        }
    }

    @Test(
        arguments: [
            ("API_TOKEN", "hunter2", true), ("db_password", "hunter2", true),
            ("AWS_SECRET_ACCESS_KEY", "hunter2", true),
            ("GoogleCredentials", "hunter2", true), ("DB_PWD", "hunter2", true), ("passphrase", "hunter2", true),
            ("DATABASE_URL", "postgres://user:hunter2@db:5432/x", true), ("DATABASE_URL", "postgres://db/x", false),
            ("PROXY", "see http://a/ and http://u:hunter2@b", true), ("HOMEPAGE", "http://a/b:c@d", false),
            ("LOG_LEVEL", "debug", false),
        ])
    func looksAtTheNameAndAtPasswordsInURLs(name: String, value: String, isHidden: Bool) throws {
        #expect(SecretRedaction.hides(name: name, value: .string(value)) == isHidden)
        let shown = SecretRedaction.redacted(try Self.manifest("[{name: \(name), value: '\(value)'}]"))
        #expect(Self.text(shown).contains(value) == !isHidden)
        #expect(Self.text(shown).contains("<redacted ") == isHidden)
        #expect(
            shown["spec"]?["env"]?.sequence?.first?["value"]?.location.description.hasPrefix("service.yaml:1:") == true)
    }

    static let changes: [(String, String, String, [String])] = [
        (
            "another value", "[{name: API_KEY, value: old-secret}]", "[{name: API_KEY, value: new-secret}]",
            [#"spec.env[0].value: "<redacted OLD>" -> "<redacted NEW>""#]
        ),
        (
            "a plain variable becomes a secret", "[{name: A, value: old-secret}]",
            "[{name: API_KEY, value: new-secret}]",
            [#"spec.env[0].name: "A" -> "API_KEY""#, #"spec.env[0].value: "<redacted OLD>" -> "<redacted NEW>""#]
        ),
        (
            "a value becomes a reference", "[{name: API_KEY, value: old-secret}]",
            "[{name: API_KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
            [
                #"spec.env[0].valueFrom: - -> {"secretKeyRef":{"name":"s","key":"k"}}"#,
                #"spec.env[0].value: "<redacted OLD>" -> -"#,
            ]
        ),
        (
            "a longer list", "[{name: API_KEY, value: old-secret}, {name: TOKEN, value: old-secret}]",
            "[{name: A, value: b}, {name: TOKEN, value: old-secret}, {name: API_KEY, value: new-secret}]",
            [
                #"spec.env: [{"name":"API_KEY","value":"<redacted OLD>"},{"name":"TOKEN","value":"<redacted OLD>"}] -> "#
                    + #"[{"name":"A","value":"b"},{"name":"TOKEN","value":"<redacted OLD>"},"#
                    + #"{"name":"API_KEY","value":"<redacted NEW>"}]"#
            ]
        ),
        ("nothing", "[{name: API_KEY, value: old-secret}]", "[{name: API_KEY, value: old-secret}]", []),
    ]

    @Test(arguments: changes)
    func aDifferenceTellsThatASecretChangedAndNotWhat(
        name: String, old: String, new: String, expected: [String]
    ) throws {
        let fields = FieldDifference.between(try Self.manifest(old), try Self.manifest(new))
        #expect(fields.map { "\($0.path): \(Self.text($0.old)) -> \(Self.text($0.new))" } == expected)
    }

    @Test func aHashIsOfTheValueAndOfTheKeyAlone() throws {
        let (key, other) = (SecretHashKey(), SecretHashKey())
        func mark(_ value: Node, _ key: SecretHashKey) -> String? {
            SecretRedaction.$key.withValue(key) { SecretRedaction.marked(value).string }
        }
        #expect(mark("hunter2", key) == mark("hunter2", key))
        #expect(mark("hunter2", key) != mark("hunter3", key))
        #expect(mark("hunter2", key) != mark("hunter2", other))
        #expect(mark("hunter2", key)?.count == "<redacted 0123456789ab>".count)
        #expect(SecretHashKey(hexadecimal: key.hexadecimal) == key)
        #expect(SecretHashKey(hexadecimal: String(key.hexadecimal.dropLast())) == nil)
        #expect(SecretHashKey(hexadecimal: String(repeating: "g", count: 64)) == nil)
        #expect("\(key)" == "<redacted>")
    }

    /// Another machine that has the plan comes to the same; this one was computed with Python's `hmac`.
    @Test func aHashIsTheSameOnEveryMachine() throws {
        let key = try #require(SecretHashKey(hexadecimal: String(repeating: "0b", count: 32)))
        let mark = SecretRedaction.$key.withValue(key) { SecretRedaction.marked("Hi There") }
        #expect(mark == "<redacted 198a607eb44b>")
    }
}
