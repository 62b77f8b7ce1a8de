import AWSClient
import AWSProvider
import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// What AWS does at its worst, and what comes of it.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rules: [Node]
    }

    /// Those that a deployment gets over by itself.
    @Test(arguments: [
        Fault(
            testDescription: "throttled",
            rules: [
                ["operation": "CreateRole", "count": 1, "code": "Throttling"],
                ["operation": "CreateNodegroup", "count": 2, "code": "TooManyRequestsException", "status": 429],
                ["operation": "Describe.*|Get.*|List.*", "skip": 5, "count": 2, "code": "ThrottlingException"],
            ]),
        Fault(
            testDescription: "unavailable",
            rules: [
                ["operation": "DescribeCluster", "count": 2, "status": 503],
                ["operation": "GetRole", "count": 1, "status": 500],
                ["operation": "PUT .*", "count": 1, "status": 503],
            ]),
        Fault(
            testDescription: "answers that are lost",
            rules: [
                ["operation": "CreateRole", "count": 1, "drop": true],
                ["operation": "CreateLogGroup", "count": 1, "drop": true],
                ["operation": "CreateNodegroup", "count": 1, "drop": true],
                ["operation": "CreatePodIdentityAssociation", "count": 1, "drop": true],
                ["operation": "PUT .*", "count": 1, "drop": true],
            ]),
        Fault(
            testDescription: "a role that is not known everywhere yet",
            rules: [
                [
                    "operation": "CreatePodIdentityAssociation", "count": 2, "code": "InvalidParameterException",
                    "message": "Role provided in the request does not exist.",
                ],
                [
                    "operation": "CreateNodegroup", "count": 2, "code": "InvalidParameterException",
                    "message": "The provided role arn:aws:iam::1:role/x was not found",
                ],
            ]),
        Fault(
            testDescription: "a clock that is behind",
            rules: [
                [
                    "operation": "Create.*", "count": 1, "status": 403, "code": "InvalidSignatureException",
                    "message": "Signature expired", "ahead": 900,
                ]
            ]),
    ])
    func isGotOver(fault: Fault) async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await server.fail(fault.rules)
            let result = try await service.deploy()
            #expect(result.changed)
            try await server.fail([])
            #expect(try await service.preview().cloudWork == [])
            #expect(try await server.nodeGroups().count == 1)
            #expect(try await server.roles().count == 2)
        }
    }

    @Test func credentialsThatExpireInTheMiddleAreRenewed() async throws {
        final class Keys: AWSCredentialSource {
            let asked = Mutex(0)
            func credentials(replacing refused: AWSCredentials?) async throws -> AWSCredentials {
                let name = asked.withLock { count in
                    if refused != nil { count += 1 }
                    return "key\(count)"
                }
                return AWSCredentials(accessKeyID: name, secretAccessKey: Redacted("secret"), source: "the test")
            }
        }
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await server.fail([["operation": "CreateRole", "count": 1, "status": 403, "code": "ExpiredToken"]])
            let keys = Keys()
            try await service.deploy(with: service.provider(credentials: keys))
            #expect(keys.asked.withLock { $0 } > 0)
        }
    }

    @Test func whatIsRefusedHalfWayIsToldAndCompletedLater() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await server.fail([
                [
                    "operation": "CreateNodegroup", "count": 1, "code": "ResourceLimitExceededException",
                    "message": "Nodegroup limit exceeded for cluster", "status": 400,
                ]
            ])
            let problem = try await #require(throws: Diagnostic.self) { try await service.deploy() }
            #expect(problem.what == "the account's quota is used up: Managed node groups per cluster")
            #expect(try await server.roles().count == 2)
            try await service.deploy()
            #expect(try await service.preview().cloudWork == [])
        }
    }

    @Test func namesTheConfigurationLineOfWhatMayNotBeDone() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await server.fail([
                [
                    "operation": "CreateLogGroup", "count": 5, "status": 400, "code": "AccessDeniedException",
                    "message": "User is not authorized to perform: logs:CreateLogGroup",
                ]
            ])
            let problem = try await #require(throws: Diagnostic.self) { try await service.deploy() }
            #expect(problem.what == "the credentials may not do logs:CreateLogGroup")
            #expect(problem.code.outcome == .denied)
        }
    }

    @Test func namesTheRightAsPoliciesDo() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await service.deploy()
            try await server.fail([
                ["operation": "GET .*encryption.*", "count": 5, "status": 403, "code": "AccessDenied", "message": "no"]
            ])
            let report = try await #require(throws: DiagnosticReport.self) { try await service.preview() }
            #expect(
                report.diagnostics.map(\.what) == ["the credentials may not do s3:GetEncryptionConfiguration"])
        }
    }

    /// Nobody can open the tool's own templates: what they are filled with stands in files of the user's, or in profiles.
    @Test func isToldAtTheConfigurationBehindIt() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            func told(_ layer: String, _ fault: Node? = nil) async throws -> [String] {
                try await server.fail([fault].compactMap(\.self))
                do {
                    try await service.deploy(layer)
                    return []
                } catch let report as DiagnosticReport {
                    return report.diagnostics.map { "\($0)" }
                } catch let problem as Diagnostic {
                    return ["\(problem)"]
                }
            }
            let subnets = try await told("providers: {aws: {subnets: [subnet-0123456789abcdef0]}}\n")
            #expect(
                subnets.count == 1 && subnets[0].contains("/service.yaml:1:29: error: AWS refuses ec2:DescribeSubnets"))

            let boundary = try await told(
                "providers: {aws: {permissions_boundary: \"arn:aws:iam::123456789012:policy/none\"}}\n",
                [
                    "operation": "CreateRole", "count": 1, "code": "NoSuchEntity", "status": 404,
                    "message": "Scope ARN: arn:aws:iam::123456789012:policy/none does not exist or is not attachable.",
                ])
            #expect(
                boundary.count == 1 && boundary[0].contains("/service.yaml:1:41: error: AWS refuses iam:CreateRole"))

            let logs = try await told(
                "monitoring: {log_retention: 90d}\n",
                ["operation": "PutRetentionPolicy", "count": 1, "code": "InvalidParameterException"])
            #expect(
                logs.first?.contains("/service.yaml:1:29: error: AWS refuses logs:PutRetentionPolicy") == true,
                "\(logs)")
        }
    }

    @Test func machinesThatTheRegionDoesNotHaveAreTold() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            let layer = "scheduling: {node_pool: {instance_types: [m7i.4xlarg]}}\n"
            let report = try await #require(throws: DiagnosticReport.self) { try await service.deploy(layer) }
            #expect(report.diagnostics.map(\.what) == ["there are no m7i.4xlarg machines in us-east-1"])
            #expect(report.diagnostics.first?.location?.description.hasSuffix("service.yaml:1:42") == true)
        }
    }

    @Test func aDestroyThatTakesTooLongIsToBeDoneAgain() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await service.deploy()
            try await server.fail([["operation": "DELETE .*|Delete.*", "count": 99, "status": 503]])
            var options = service.options()
            options.timeout = TimeSpan(seconds: 1)
            let policy = AWSRetryPolicy(attempts: 99, sleep: { _ in try await Task.sleep(for: .milliseconds(200)) })
            let deployer = service.deployer(try service.provider(policy: policy))
            let problem = try await #require(throws: Diagnostic.self) {
                try await deployer.destroy(try service.identity, options: options) { _ in }
            }
            #expect(problem.what == "`demo` is not gone after 1s" && problem.fix?.hasPrefix("destroy") == true)
        }
    }

    /// A value that a template decides from another one stands at that one's line.
    @Test func advisesAtTheLineOfSpotMachines() async throws {
        try await CloudService.with { service in
            let release = try service.release("scheduling: {node_pool: {spot: true}}\n")
            let group = try #require(release.resources.first { $0.identity.kind == "NodeGroup" })
            let type = try #require(group.manifest.value("spec", "capacityType"))
            #expect(type == "SPOT" && type.location.description.hasSuffix("/service.yaml:1:32"), "\(type.location)")
        }
    }

    @Test func whatARunLeavesHalfDoneIsShown() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            let provider = try service.provider()
            func told() async throws -> [String] {
                let all = try await provider.observe(in: service.namespace, withEndpoints: false)
                let one = try await provider.inspect(service.identity)
                #expect(all.map(\.cause) == [one?.status.cause].compactMap(\.self))
                return all.map { "\($0.state.rawValue): \($0.cause ?? "")" }
            }
            #expect(try await told() == [])
            try await server.fail([["operation": "CreateNodegroup", "count": 9, "code": "InvalidRequestException"]])
            _ = await #expect(throws: (any Error).self) { try await service.deploy() }
            let cut = try await told()
            #expect(cut.map { $0.hasPrefix("failed: its deployment did not come to its end") } == [true], "\(cut)")

            try await server.fail([])
            // Before it has pods, a deployment that goes on is none that has failed.
            let isBegun = Mutex(false)
            let isOver = Mutex(false)
            async let deployed = {
                defer { isOver.withLock { $0 = true } }
                return try await service.deployer(provider).deploy(service.release(), options: service.options()) { _ in
                    isBegun.withLock { $0 = true }
                }
            }()
            while !isOver.withLock(\.self) {
                let isWorkedOn = isBegun.withLock(\.self)
                let seen = try await provider.observe(in: service.namespace, withEndpoints: false)
                #expect(!isWorkedOn || !seen.contains { $0.cause?.hasPrefix("its deployment") == true })
            }
            _ = try await deployed
            try await server.fail([["operation": "DeleteRole", "count": 9, "code": "InvalidInput"]])
            _ = await #expect(throws: (any Error).self) { try await service.destroy() }
            #expect(try await told().map { $0.hasPrefix("failed: its pods are gone") } == [true])

            try await server.fail([])
            try await service.destroy()
            #expect(try await told() == [])
        }
    }

    @Test func findsWhatIsMissingBeforeTheFirstWrite() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            _ = try await server.boto("ecr", "create_repository", ["repositoryName": "team/demo"])
            let quota = #"{"Quota": {"Value": 8.0}}"#
            try await server.fail([["operation": "GetServiceQuota", "count": 9, "status": 200, "body": .string(quota)]])
            let layer = """
                deployment: {image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/demos:1"}
                security: {cloud_secrets: [{name: database, reference: database/password}]}
                scheduling: {node_pool: {min_nodes: 10, max_nodes: 10}}

                """
            _ = try await server.requests()
            let report = try await #require(throws: DiagnosticReport.self) { try await service.deploy(layer) }
            let told = report.diagnostics.map { problem in
                "\(problem.location.map { $0.description.split(separator: "/").last ?? "" } ?? ""): \(problem.what)"
            }
            #expect(
                told.contains("service.yaml:1:21: there is no repository `team/demos` in the registry of 123456789012"),
                "\(told)")
            #expect(
                told.contains("service.yaml:2:56: there is no secret `database/password` in AWS Secrets Manager"),
                "\(told)")
            #expect(
                told.contains { $0.hasPrefix("service.yaml:3:37: the account may not run 10 nodes of ") }, "\(told)")
            #expect(report.diagnostics.contains { $0.fix == "did you mean `team/demo`?" })
            #expect(try await server.requests().filter(\.isMutating).isEmpty)
        }
    }
}
