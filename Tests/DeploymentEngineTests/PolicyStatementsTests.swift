import Diagnostics
import Documents
import ServiceModel
import Testing

@Suite struct PolicyStatementsTests {
    private static func policy(_ statements: Node...) -> Node {
        ["policy": ["Version": "2012-10-17", "Statement": .sequence(statements)]]
    }

    private static let bucket: Node = ["Sid": "Bucket", "Effect": "Allow", "Action": ["s3:GetObject"]]
    private static let secrets: Node = [
        "Sid": "Secrets", "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"],
    ]

    private func differences(_ old: Node, _ new: Node) -> [FieldChange] {
        FieldDifference.between(PolicyStatements.byName(old), PolicyStatements.byName(new))
    }

    @Test func oneMoreStatementIsOneDifference() {
        let found = differences(Self.policy(Self.bucket), Self.policy(Self.secrets, Self.bucket))
        #expect(found.map { "\($0.path)" } == ["policy.Statement.Secrets"])
        #expect(found.first?.old == nil && found.first?.new == Self.secrets)
    }

    @Test func theirOrderIsNone() {
        #expect(differences(Self.policy(Self.bucket, Self.secrets), Self.policy(Self.secrets, Self.bucket)).isEmpty)
    }

    @Test func thoseWithoutNamesAreComparedAsTheyStand() {
        let nameless: Node = ["Effect": "Allow", "Action": ["s3:*"]]
        let found = differences(Self.policy(Self.bucket), Self.policy(Self.bucket, nameless))
        #expect(found.map { "\($0.path)" } == ["policy.Statement"])
        let twice = differences(Self.policy(Self.bucket), Self.policy(Self.bucket, Self.bucket))
        #expect(twice.map { "\($0.path)" } == ["policy.Statement"])
    }

    @Test func aTextIsReadAndStandsWhereItStood() {
        let place = SourceLocation(file: SourceFile("main.tf.json"), line: 7)
        func text(_ statements: Node...) -> Node {
            ["policy": .string(JSONEmitter.emit(["Statement": .sequence(statements)]), at: place)]
        }
        let found = differences(text(Self.bucket), text(Self.bucket, Self.secrets))
        #expect(found.map { "\($0.path)" } == ["policy.Statement.Secrets"])
        #expect(found.first?.new?.location == place)
        let other: Node = ["note": "{\"Statement\": not a policy"]
        #expect(PolicyStatements.byName(other) == other)
    }
}
