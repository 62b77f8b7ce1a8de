import Diagnostics
import Foundation
import HTTPTransport
import Synchronization
import Testing

@testable import AWSClient

/// The metadata services of instances and containers.
@Suite struct CredentialsMetadataTests {
    /// Sends what is for an agent's own address to the played one.
    private struct Rerouting: HTTPClient {
        let base = PatientClient()
        let port: Int

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            var request = request
            request.url.host = "127.0.0.1"
            request.url.port = port
            return try await base.send(request)
        }

        func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
            throw HTTPError(.invalidRequest, request, mayHaveReachedServer: false)
        }
    }

    @Test func aTaskOfECSAsksItsAgentByPath() async throws {
        let server = try await MetadataServer.running()
        var scene = try CredentialsScene(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/container/x"])
        defer { scene.remove() }
        scene.http = Rerouting(port: try #require(HTTPURL(server.address)?.port))
        let found = try await scene.credentials()
        #expect(found.accessKeyID == "container(-)")
        #expect(found.source == "container credentials of http://169.254.170.2/container/x")
    }

    @Test(arguments: [
        ("http://169.254.170.2/x", true), ("http://169.254.170.23/v1/credentials", true),
        ("http://[fd00:ec2::23]/v1/credentials", true), ("http://localhost:80/x", true), ("http://127.9.9.9/x", true),
        ("http://[::1]:8080/x", true), ("https://agent.example/x", true), ("http://agent.example/x", false),
        ("http://169.254.170.3/x", false), ("http://128.0.0.1/x", false), ("http://[fd00:ec2::24]/x", false),
        ("ftp://localhost/x", false), ("localhost/x", false),
    ])
    func credentialsAreAskedOfThisMachineOnly(_ address: String, _ isAllowed: Bool) throws {
        let scene = try CredentialsScene()
        defer { scene.remove() }
        let endpoint = Result { try ContainerEndpoint(address, variable: "VARIABLE", context: scene.context) }
        switch endpoint {
        case .success: #expect(isAllowed)
        case .failure(let problem):
            #expect(!isAllowed)
            #expect((problem as? Diagnostic)?.code == .awsContainerCredentials)
            #expect((problem as? Diagnostic)?.location == SourceLocation(file: SourceFile("VARIABLE")))
        }
    }

    @Test func theTokenOfAPodIsReadEachTime() async throws {
        let server = try await MetadataServer.running()
        var scene = try CredentialsScene(
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.address)/container/x"], files: ["token": "first"])
        defer { scene.remove() }
        scene.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = scene.home.path + "/token"
        let cache = CredentialChain.cached(scene.context)
        let first = try await cache.credentials(replacing: nil)
        #expect(first.accessKeyID == "container(first)")
        try scene.write("second", to: "token")
        #expect(try await cache.credentials(replacing: first).accessKeyID == "container(second)")
    }

    @Test func aContainersRefusalIsTold() async throws {
        let server = try await MetadataServer.running()
        let scene = try CredentialsScene(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.address)/container/denied"])
        defer { scene.remove() }
        let problem = try await scene.problem()
        #expect(problem.code == .awsContainerCredentials)
        #expect(problem.what == "\(server.address)/container/denied gives no credentials")
        #expect(problem.why == "status 403: no role")
    }

    private func instance(_ behaviour: String, now: Double? = nil) async throws -> CredentialsScene {
        let server = try await MetadataServer.running()
        var scene = try CredentialsScene([
            "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "\(server.address)/\(behaviour)",
        ])
        if let now { scene.now = { now } }
        return scene
    }

    @Test func anInstanceHasTheCredentialsOfItsRole() async throws {
        let scene = try await instance("role")
        defer { scene.remove() }
        let found = try await scene.credentials()
        #expect(found.source == "EC2 instance role demo")
        #expect(found.expiration == PlayedServices.end)
        #expect(found.sessionToken?.secret == "token")
    }

    /// As botocore, between 17 and 25 minutes from now: the 15 of its window, and 2 to 10 at random.
    @Test func oldCredentialsOfAnInstanceAreUsedForAWhile() async throws {
        let now = 1_700_000_000.0
        let scene = try await instance("old", now: now)
        defer { scene.remove() }
        let expiration = try #require(try await scene.credentials().expiration)
        #expect((17 * 60...25 * 60).contains(expiration - Int(now)))
    }

    @Test(arguments: [
        ("norole", "the instance has no role"),
        ("mistrusted", "AssumeRoleUnauthorizedAccess: EC2 cannot assume demo"),
        ("down", "answers the request for a session token with status 500"),
        ("bad", "calls the request for a session token bad"),
        ("html", "latest/meta-data/iam/security-credentials/demo answers something else"),
    ])
    func itIsToldWhyAnInstanceHasNone(_ behaviour: String, _ reason: String) async throws {
        let scene = try await instance(behaviour)
        defer { scene.remove() }
        let problem = try await scene.problem()
        #expect(problem.code == .awsNoCredentials)
        let last = try #require(problem.why?.split(separator: "\n").last)
        #expect(last.hasPrefix("EC2 instance metadata: "))
        #expect(last.hasSuffix(reason))
    }

    /// Version 1 is not tried behind a version 2 that cannot be reached: it would not be either.
    @Test func whereNobodyAnswersOneRequestIsEnough() async throws {
        let client = PreparedClient([
            .failure(HTTPError(.connectTimedOut, HTTPRequest(.put, HTTPURL(host: "x")), mayHaveReachedServer: false))
        ])
        var scene = try CredentialsScene(["AWS_EC2_METADATA_DISABLED": "false", "AWS_METADATA_SERVICE_TIMEOUT": ""])
        defer { scene.remove() }
        scene.http = client
        #expect(try await scene.problem().code == .awsNoCredentials)
        #expect(client.requests.map(\.description) == ["PUT http://169.254.169.254/latest/api/token"])
        #expect(client.requests.first?.timeouts.connect == .seconds(1))
    }

    @Test func beyondTheHopLimitVersionOneIsAsked() async throws {
        let lost = HTTPError(.idleTimedOut, HTTPRequest(.put, HTTPURL(host: "x")), mayHaveReachedServer: true)
        let keys = """
            {"AccessKeyId": "k", "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"}
            """
        let client = PreparedClient([
            .failure(lost), .success(HTTPResponse(status: 200, body: Array("demo".utf8))),
            .success(HTTPResponse(status: 200, body: Array(keys.utf8))),
        ])
        var scene = try CredentialsScene(["AWS_EC2_METADATA_DISABLED": "false"])
        defer { scene.remove() }
        scene.http = client
        #expect(try await scene.credentials().accessKeyID == "k")
        #expect(client.requests.allSatisfy { $0.headers["x-aws-ec2-metadata-token"] == nil })
    }

    @Test func theAddressOfIPv6IsUsedWhereItIsWanted() async throws {
        let client = PreparedClient((400, [:], ""))
        var scene = try CredentialsScene([
            "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6",
        ])
        defer { scene.remove() }
        scene.http = client
        _ = try await scene.problem()
        #expect(client.requests.first?.url.host == "fd00:ec2::254")
    }
}
