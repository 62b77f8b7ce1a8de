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

    private static func text(_ node: Node?) -> String { node.map { JSONEmitter.emit($0) } ?? "-" }

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
        #expect(Self.text(shown).contains(SecretRedaction.mark) == isHidden)
        #expect(
            shown["spec"]?["env"]?.sequence?.first?["value"]?.location.description.hasPrefix("service.yaml:1:") == true)
    }

    static let changes: [(String, String, String, [String])] = [
        (
            "another value", "[{name: API_KEY, value: old-secret}]", "[{name: API_KEY, value: new-secret}]",
            [#"spec.env[0].value: "<redacted>" -> "<redacted, changed>""#]
        ),
        (
            "a plain variable becomes a secret", "[{name: A, value: old-secret}]",
            "[{name: API_KEY, value: new-secret}]",
            [#"spec.env[0].name: "A" -> "API_KEY""#, #"spec.env[0].value: "<redacted>" -> "<redacted, changed>""#]
        ),
        (
            "a value becomes a reference", "[{name: API_KEY, value: old-secret}]",
            "[{name: API_KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
            [
                #"spec.env[0].valueFrom: - -> {"secretKeyRef":{"name":"s","key":"k"}}"#,
                #"spec.env[0].value: "<redacted>" -> -"#,
            ]
        ),
        (
            "a longer list", "[{name: API_KEY, value: old-secret}, {name: TOKEN, value: old-secret}]",
            "[{name: A, value: b}, {name: TOKEN, value: old-secret}, {name: API_KEY, value: new-secret}]",
            [
                #"spec.env: [{"name":"API_KEY","value":"<redacted>"},{"name":"TOKEN","value":"<redacted>"}] -> "#
                    + #"[{"name":"A","value":"b"},{"name":"TOKEN","value":"<redacted>"},"#
                    + #"{"name":"API_KEY","value":"<redacted, changed>"}]"#
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
}
