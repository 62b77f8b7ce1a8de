import AWSClient
import AWSProvider
import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import Foundation
import ServiceModel
import TestSupport
import Testing

/// What keeps Terraform from making what a service needs, and what is told of it.
@Suite(
    .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"),
    .enabled(if: Terraform.isWanted, "\(Terraform.reason)"), .serialized)
struct TerraformFaultTests {
    /// Roles and a log group: what is made in no time.
    private static let layer = """
        providers: {aws: {engine: terraform}}
        storage: {bucket: {enabled: false}}
        scheduling: {node_pool: {enabled: false}}

        """

    private func with(_ body: (CloudService, TerraformFolders) async throws -> Void) async throws {
        let server = try await AWSServer()
        let machine = try TerraformFolders(server)
        try await CloudService.with(server: server) { try await body($0, machine) }
    }

    /// One service that is made once: what Terraform says to one that is there.
    @Test func aServiceThatIsThereIsTakenCareOf() async throws {
        try await with { service, machine in
            try await noSecretIsInFilesOrArguments(service, machine)
            let preview = try await whoHoldsTheStateIsTold(service, machine)
            try await aSavedPlanIsAppliedAsItWasOrNotAtAll(preview, service, machine)
            try await terraformRefusesAPlanWhoseStateHasChanged(service, machine)
            try await whatIsMissingInTheStateIsTakenOver(service, machine)
        }
    }

    // MARK: Plans

    private static let more = layer + "monitoring: {log_retention: 90d}\n"

    private func aSavedPlanIsAppliedAsItWasOrNotAtAll(
        _ preview: Plan, _ service: CloudService, _ machine: TerraformFolders
    ) async throws {
        let field = preview.changes.flatMap(\.fields).first { "\($0.path)" == "retention_in_days" }
        #expect(field?.old == 30 && field?.new == 90)
        let saved = SavedPlan(preview, release: try service.release(Self.more), replicasAreExplicit: false)
        let read = try #require(try SavedPlan.plans(in: SavedPlan.document([saved])).first)
        var options = service.options()
        options.expected = read

        // Somebody else sets it to what nobody has looked at.
        func set(_ days: Int) async throws {
            _ = try await service.server.boto(
                "logs", "put_retention_policy",
                [
                    "logGroupName": .string("/synthdata/production/\(service.namespace)/demo"),
                    "retentionInDays": .integer(days),
                ])
        }
        try await set(7)
        let deployer = service.deployer(try service.provider(terraform: machine.engine()))
        let problem = await #expect(throws: Diagnostic.self) {
            _ = try await deployer.deploy(read.release, options: options) { _ in }
        }
        #expect(problem?.code.name == "plan.stale")
        try await set(30)
        let elsewhere = service.deployer(try service.provider(terraform: machine.engine()))
        #expect(try await elsewhere.deploy(read.release, options: options) { _ in }.changed)
        let found = try await service.server.boto("logs", "describe_log_groups")["logGroups"]?.sequence
        #expect(found?.first?["retentionInDays"] == 90)
    }

    private func terraformRefusesAPlanWhoseStateHasChanged(
        _ service: CloudService, _ machine: TerraformFolders
    ) async throws {
        let provider = try service.provider(terraform: machine.engine())
        let release = try service.release(Self.layer)
        let plan = try await service.deployer(provider).plan(release, options: service.options())
        try await service.deploy(
            Self.layer + "monitoring: {log_retention: 7d}\n", with: service.provider(terraform: machine.engine()))
        let lock = try await provider.lock(service.identity, holder: "the test", wait: TimeSpan(seconds: 10)) { _ in }
        let problem = await #expect(throws: Diagnostic.self) {
            _ = try await provider.apply(plan, timeout: TimeSpan(seconds: 60)) { _ in }
        }
        await lock.release()
        #expect(problem?.code.name == "terraform.stale-plan")
    }

    // MARK: Locks

    private func whoHoldsTheStateIsTold(_ service: CloudService, _ machine: TerraformFolders) async throws -> Plan {
        let folder = machine.workspace(of: service)
        let holder = try Holder(of: "\(folder)/terraform.tfstate")
        let information = "\(folder)/.terraform.tfstate.lock.info"
        try #"{"ID":"6f-1","Operation":"OperationTypeApply","Who":"jane@build","Created":"2026-01-02T03:04:05Z"}"#
            .write(toFile: information, atomically: true, encoding: .utf8)
        let problem = await #expect(throws: Diagnostic.self) {
            try await service.deploy(Self.more, with: service.provider(terraform: machine.engine()))
        }
        #expect(problem?.code.name == "terraform.locked" && problem?.code.outcome == .locked)
        #expect(problem?.why == "held by jane@build since 2026-01-02 03:04:05 +0000 UTC, for apply")
        #expect(problem?.fix?.contains("terraform -chdir=\(folder) force-unlock 6f-1") == true, "\(problem!)")
        // To look is free.
        let deployer = service.deployer(try service.provider(terraform: machine.engine()))
        let preview = try await deployer.preview(service.release(Self.more), options: service.options())
        #expect(preview.plan.cloudWork == ["update aws_cloudwatch_log_group"])
        withExtendedLifetime(holder) {}
        try FileManager.default.removeItem(atPath: information)
        return preview.plan
    }

    /// A lock as Terraform has it: fcntl(2), which is the process's.
    private final class Holder {
        private let descriptor: Int32

        init(of file: String) throws {
            descriptor = open(file, O_RDWR)
            var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
            try #require(descriptor >= 0 && fcntl(descriptor, F_SETLK, &lock) == 0)
        }

        deinit { close(descriptor) }
    }

    // MARK: Kills

    /// Runs Terraform and kills it, as nothing else would, when it has said a word for the second time.
    private static func killing(after word: String) -> String {
        """
        #!/usr/bin/env bash
        [[ $1 == apply ]] || exec '\(Terraform.path)' "$@"
        coproc run { exec '\(Terraform.path)' "$@"; }
        process=$run_PID count=0
        while read -r line <&"${run[0]}"; do
            echo "$line"
            [[ $line == *'"type":"\(word)"'* ]] && (( ++count == 2 )) && kill -9 "$process"
        done
        wait "$process"
        """
    }

    @Test func whatAKilledRunHasMadeIsFoundByTheNext() async throws {
        try await with { service, machine in
            let killer = try machine.program(Self.killing(after: "apply_start"))
            await #expect(throws: Diagnostic.self) {
                try await service.deploy(Self.layer, with: service.provider(terraform: machine.engine(killer)))
            }
            try await service.deploy(Self.layer, with: service.provider(terraform: machine.engine()))
            #expect(try await service.server.roles().count == 1)
            #expect(try await service.server.logGroups() == ["/synthdata/production/\(service.namespace)/demo"])
            let again = try await service.deploy(Self.layer, with: service.provider(terraform: machine.engine()))
            #expect(!again.changed)
        }
    }

    /// All was made, and nothing of it written down.
    private func whatIsMissingInTheStateIsTakenOver(
        _ service: CloudService, _ machine: TerraformFolders
    ) async throws {
        let state = "\(machine.workspace(of: service))/terraform.tfstate"
        try FileManager.default.removeItem(atPath: state)
        let lost = await #expect(throws: Diagnostic.self) {
            try await service.deploy(Self.layer, with: service.provider(terraform: machine.engine()))
        }
        #expect(lost?.code.name == "terraform.no-state")
        // As a first run leaves it that was killed.
        try #"{"version": 4, "serial": 1, "lineage": "x", "resources": [], "outputs": {}}"#.write(
            toFile: state, atomically: true, encoding: .utf8)
        let plan = try await service.deployShowing(Self.layer, with: service.provider(terraform: machine.engine()))
        let role = plan.changes.first { $0.resource.kind == "aws_iam_role" }
        #expect(role?.action == .update && role?.reason?.hasPrefix("it is taken over") == true, "\(plan.cloudWork)")
        #expect(try await service.server.roles().count == 1)
    }

    // MARK: The program

    @Test func whatIsMissingIsNamed() async throws {
        try await with { service, machine in
            let nowhere = machine.engine(environment: ["PATH": "\(machine.path)/nothing"])
            let missing = await #expect(throws: Diagnostic.self) {
                try await service.deploy(Self.layer, with: service.provider(terraform: nowhere))
            }
            #expect(missing?.code.name == "terraform.missing" && missing?.fix?.contains("--engine rest") == true)

            let old = try machine.program("#!/bin/sh\necho '{\"terraform_version\": \"1.5.7\"}'\n")
            let tooOld = await #expect(throws: Diagnostic.self) {
                try await service.deploy(Self.layer, with: service.provider(terraform: machine.engine(old)))
            }
            #expect(tooOld?.code.name == "terraform.version" && tooOld?.what == "terraform 1.5.7 is too old")

            let empty = "\(machine.path)/empty.tfrc"
            try "provider_installation {\n  filesystem_mirror {\n    path = \"\(machine.path)/none\"\n  }\n}\n".write(
                toFile: empty, atomically: true, encoding: .utf8)
            let offline = machine.engine(environment: ["TF_CLI_CONFIG_FILE": empty])
            let plugins = await #expect(throws: Diagnostic.self) {
                try await service.deploy(Self.layer, with: service.provider(terraform: offline))
            }
            #expect(plugins?.code.name == "terraform.plugins", "\(String(describing: plugins))")
            // Nothing was begun.
            #expect(try await service.server.requests().filter(\.isMutating).map(\.operation) == [])
        }
    }

    @Test func whatAWSRefusesIsToldAtItsLine() async throws {
        try await with { service, machine in
            try await service.server.fail([
                ["operation": "CreateLogGroup", "count": 100, "status": 400, "code": "AccessDeniedException"]
            ])
            let layer = Self.layer + "monitoring: {log_retention: 90d}\n"
            let problem = await #expect(throws: Diagnostic.self) {
                try await service.deploy(layer, with: service.provider(terraform: machine.engine()))
            }
            #expect(problem?.code.name == "terraform.failed")
            #expect(
                problem?.location?.description.hasSuffix("service.yaml:4:29") == true, "\(String(describing: problem))")
            #expect(String(describing: problem).contains("AccessDeniedException"))

            // The line of the value that AWS names, where it names one.
            let boundary = "arn:aws:iam::123456789012:policy/none"
            try await service.server.fail([
                [
                    "operation": "PutRolePermissionsBoundary", "count": 100, "status": 404, "code": "NoSuchEntity",
                    "message": .string("Scope ARN: \(boundary) does not exist or is not attachable."),
                ]
            ])
            let other = await #expect(throws: Diagnostic.self) {
                try await service.deploy(
                    Self.layer.replacing("terraform}", with: "terraform, permissions_boundary: '\(boundary)'}"),
                    with: service.provider(terraform: machine.engine()))
            }
            #expect(other?.location?.description.hasSuffix("service.yaml:1:60") == true, "\(String(describing: other))")
        }
    }

    // MARK: Secrets

    private func noSecretIsInFilesOrArguments(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let log = "\(machine.path)/arguments"
        let spy = try machine.program(
            "#!/usr/bin/env bash\nprintf '%s ' \"$@\" \"<$AWS_SESSION_TOKEN>\" >>'\(log)'\nexec '\(Terraform.path)' \"$@\"\n"
        )
        let provider = try service.provider(
            credentials: Keys(), terraform: machine.engine(spy, environment: ["TF_CLI_ARGS": "-nonsense"]))
        try await service.deploy(Self.layer, with: provider)
        let arguments = try String(contentsOfFile: log, encoding: .utf8)
        #expect(arguments.contains("plan -json") && arguments.contains("<hush-token>"))
        #expect(!arguments.contains("hush-key"))
        let folder = machine.workspace(of: service)
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        #expect(files.contains("main.tf.json") && files.contains("terraform.tfstate"))
        #expect(!files.contains { $0.hasPrefix("plan-") || $0.hasPrefix("output-") })
        for file in files where !file.hasPrefix(".terraform/") && file != ".terraform" {
            let text = String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(file)")), as: UTF8.self)
            #expect(!text.contains("hush"), "\(file)")
        }
        let rights = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
        #expect(rights == 0o700)
    }

    private struct Keys: AWSCredentialSource {
        func credentials(replacing refused: AWSCredentials?) async throws -> AWSCredentials {
            AWSCredentials(
                accessKeyID: "test", secretAccessKey: Redacted("hush-key"), sessionToken: Redacted("hush-token"),
                source: "the test")
        }
    }
}
