import Diagnostics
import Documents
import HTTPTransport

/// Policies of IAM, as trees.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
enum PolicyDocument {
    static func document(_ statements: [Node]) -> Node {
        ["Version": "2012-10-17", "Statement": .sequence(statements)]
    }

    static func allow(_ id: String, _ actions: [Node], on resources: [Node], condition: Node? = nil) -> Node {
        var statement: Node = [
            "Sid": .string(id), "Effect": "Allow", "Action": .sequence(actions), "Resource": .sequence(resources),
        ]
        if let condition { statement.merge(["Condition": condition]) }
        return statement
    }

    /// IAM gives documents back percent-encoded, as they were written. Null for none, and for what is no JSON.
    static func decoded(_ text: String?) -> Node {
        guard let text, let json = HTTPURL.percentDecoded(text) else { return .null }
        return (try? JSONParser.parse(Array(json.utf8), file: SourceFile("policy"))) ?? .null
    }
}
