import AWSClient
import AWSProvider
import ControlPlane
import Diagnostics
import Documents
import Foundation
import HTTPTransport
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// Every request of a service's life, compared with the models that AWS publishes.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct RequestModelTests {
    private static let layer = """
        storage: {enabled: true, storage_class: null, cdn_enabled: true, bucket: {encryption_key: alias/data}}
        security: {cloud_secrets: [{name: database, reference: database/password}]}
        deployment: {image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/demo:1"}

        """

    @Test func haveTheShapesThatAWSPublishes() async throws {
        let server = try await AWSServer()
        _ = try await server.boto(
            "secretsmanager", "create_secret", ["Name": "database/password", "SecretString": "hidden"])
        _ = try await server.boto("ecr", "create_repository", ["repositoryName": "demo"])
        try await server.fail([["operation": "DescribeImages", "count": 100, "status": 200, "body": "{}"]])
        let line = Line()
        try await CloudService.with(server: server) { service in
            let provider = try service.provider(line)
            try await service.deploy(Self.layer, with: provider)
            try await service.deploy(
                Self.layer + """
                    scheduling: {node_pool: {max_nodes: 4, spot: true}}
                    resources: {gpu: {type: nvidia-tesla-t4, count: 1, memory: 16Gi}}
                    providers: {aws: {region: us-east-1, cluster: production, identity: pod-identity}}
                    monitoring: {log_retention: 7d}

                    """, with: provider)
            // As one of many.
            _ = try await provider.forFleet().plan(try service.release(Self.layer), deleteData: false)
            let bucket = try #require(try await server.buckets().first)
            _ = try await server.boto("s3", "delete_bucket_policy", ["Bucket": .string(bucket)])
            _ = try await server.boto("s3", "put_object", ["Bucket": .string(bucket), "Key": "a", "Body": "b"])
            try await service.destroy(deleteData: true, with: provider)
        }
        let checker = try LineProcess([python, fixture("models.py")])
        var operations: Set<String> = []
        for request in line.requestsToAWS {
            let answer = try await ask(checker, request)
            #expect(answer["problems"] == [], "\(answer) for \(request.method.rawValue) \(request.url.target)")
            operations.insert(answer["operation"]?.string ?? "")
        }
        #expect(operations.count > 40, "\(operations.sorted())")
        #expect(operations.contains("iam:GetAccountAuthorizationDetails"))

        // The right that is told where one is missing is one that policies of AWS's own name; these they allow by `*` only.
        let unnamed = [
            "cloudfront:CreateOriginAccessControl", "cloudfront:DeleteOriginAccessControl", "eks:DeleteNodegroup",
        ]
        for operation in operations.sorted() where !unnamed.contains(operation) {
            let refusal = AWSError(
                code: "AccessDenied", message: "no", status: 403, requestID: "", operation: operation)
            let right = AWSRefusal.diagnostic(refusal, at: nil).what.split(separator: " ").last ?? ""
            let answer = await checker.ask(JSONEmitter.emit(["right": .string(String(right))]))
            #expect(answer == #"{"exists": true}"#, "\(operation) needs \(right)")
        }
    }

    private var python: String { fixture("../../../.venv/bin/python") }

    private func fixture(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
    }

    private func ask(_ checker: LineProcess, _ request: HTTPRequest) async throws -> Node {
        var headers = Mapping()
        for field in request.headers.fields { headers[field.name] = .string(field.value) }
        let scope = request.headers["Authorization"]?.split(separator: "/").dropFirst(3).first.map(String.init)
        let question: Node = [
            "service": .string(scope ?? ""), "method": .string(request.method.rawValue),
            "path": .string(request.url.path), "query": .string(request.url.query ?? ""),
            "headers": .mapping(headers), "body": .string(String(decoding: request.body, as: UTF8.self)),
        ]
        let line = await checker.ask(JSONEmitter.emit(question))
        try #require(!line.isEmpty, "the checker has ended")
        return try JSONParser.parse(Array(line.utf8), file: .unknown)
    }
}
