import Diagnostics
import Documents
import ServiceModel
import Testing

@testable import TerraformClient

/// What `terraform show -json` says, in the tool's own terms: without Terraform.
@Suite struct TerraformPlanTests {
    private let line = SourceLocation(file: SourceFile("service.yaml"), line: 3, column: 9)

    private func plan(_ resources: Node...) throws -> TerraformPlan {
        let service = ServiceIdentity(name: try ServiceName("demo"), namespace: "data")
        let module: Node = [
            "resource": [
                "aws_eks_node_group": ["pool": ["scaling_config": ["max_size": .integer(5, at: line)]]],
                "aws_s3_bucket": ["data": ["bucket": "b"]],
            ]
        ]
        return TerraformPlan(
            ["resource_changes": .sequence(resources)], bytes: [], module: module, of: service, at: .aws)
    }

    private func resource(_ type: String, _ name: String, _ change: Node) -> Node {
        ["mode": "managed", "type": .string(type), "name": .string(name), "change": change]
    }

    @Test func aFieldHasTheLineBehindIt() throws {
        let plan = try plan(
            resource(
                "aws_eks_node_group", "pool",
                [
                    "actions": ["update"], "before": ["scaling_config": [["max_size": 1, "min_size": 0]], "arn": "a"],
                    "after": ["scaling_config": [["max_size": 5, "min_size": 0]]], "after_unknown": ["arn": true],
                ]))
        let change = try #require(plan.changes.first)
        #expect(change.resource.description == "aws_eks_node_group/data/pool" && change.resource.isCloud)
        #expect(change.action == .update && change.effect == .inPlace)
        #expect(change.fields.map { "\($0.path)" } == ["scaling_config[0].max_size"])
        #expect(change.fields.first?.old == 1 && change.fields.first?.new == 5)
        #expect(change.fields.first?.new?.location == line)
    }

    @Test func whatTerraformHidesIsHidden() throws {
        let plan = try plan(
            resource(
                "aws_eks_node_group", "pool",
                [
                    "actions": ["update"], "before": ["scaling_config": ["max_size": "old-hush"]],
                    "after": ["scaling_config": ["max_size": "new-hush"]],
                    "before_sensitive": ["scaling_config": true], "after_sensitive": ["scaling_config": true],
                ]))
        let field = try #require(plan.changes.first?.fields.first)
        #expect(field.old?.string?.hasPrefix("<redacted ") == true && field.old != field.new)
        #expect(!"\(field)".contains("hush"))
    }

    /// Terraform deletes the old nodes before the pods have their new release.
    @Test(
        arguments: [
            (["pool": "a", "gpu": "t4"], [], Effect.rolling), (["pool": "a", "gpu": "t4", "zone": "b"], [], .rolling),
            (["pool": "a", "gpu": "l4"], [], .replace), (["pool": "a"], [], .replace),
            (["pool": "a", "gpu": "t4"], [["key": "gpu", "effect": "NO_SCHEDULE"]], .replace),
        ] as [(Node, Node, Effect)])
    func nodesThatThePodsOfNowCannotMoveToAreToldApart(labels: Node, taints: Node, effect: Effect) throws {
        let change: Node = [
            "actions": ["create", "delete"],
            "before": ["labels": ["pool": "a", "gpu": "t4"], "taint": [], "instance_types": ["g4dn.xlarge"]],
            "after": ["labels": labels, "taint": taints, "instance_types": ["g6.xlarge"]],
        ]
        let plan = try plan(resource("aws_eks_node_group", "pool", change))
        #expect(plan.changes.map(\.effect) == [effect])
        #expect(plan.changes.first?.reason?.contains("they stop") == (effect == .replace))
    }

    @Test(arguments: [
        (["no-op"], Change.Action.unchanged, Effect.none), (["create"], .create, .none),
        (["delete"], .delete, .dataLoss),
        (["delete", "create"], .replace, .dataLoss), (["create", "delete"], .replace, .dataLoss),
    ])
    func actionsHaveTheirEffects(actions: [String], action: Change.Action, effect: Effect) throws {
        let change: Node = [
            "actions": .sequence(actions.map { .string($0) }), "before": ["bucket": "a"], "after": ["bucket": "b"],
            "replace_paths": [["bucket"]],
        ]
        let plan = try plan(resource("aws_s3_bucket", "data", change))
        #expect(plan.changes.map(\.action) == [action] && plan.changes.map(\.effect) == [effect])
        #expect(plan.deletions.map(\.address) == (action == .delete ? ["aws_s3_bucket.data"] : []))
        if action == .replace { #expect(plan.changes.first?.reason == "bucket cannot be changed where it stands") }
    }

    @Test func whatIsReadIsNoChange() throws {
        let read = try plan(["mode": "data", "type": "aws_eks_cluster", "name": "c", "change": ["actions": ["read"]]])
        #expect(read.changes.isEmpty)
    }

    // MARK: Words

    @Test func holdersOfLocksAreRead() {
        let lock = StateLock(
            "Error message: resource temporarily unavailable\nLock Info:\n  ID:        6f-1\n  Path:      p\n"
                + "  Operation: OperationTypePlan\n  Who:       jane@build\n  Created:   2026-01-02 03:04:05.6 +0000 UTC\n"
        )
        #expect(lock.id == "6f-1")
        #expect(lock.description == "held by jane@build since 2026-01-02 03:04:05, for plan")
        #expect(StateLock("nothing is known").description == "another run of Terraform holds it")
    }

    @Test func errorsForPeopleAreRead() {
        let problem = TerraformProblem(
            text: "Initializing...\n\nError: Failed to install provider\n\nError while installing x:\nno space\n\n")
        #expect(problem.summary == "Failed to install provider")
        #expect(problem.detail == "Error while installing x:\nno space")
        #expect(TerraformProblem(text: "exec format error\n").summary == "exec format error")
    }

    @Test func callersVariablesDoNotSteerIt() {
        let environment = TerraformEnvironment(
            ["TF_CLI_ARGS_plan": "-destroy", "TF_WORKSPACE": "x", "TF_VAR_adopt": "{}", "AWS_SESSION_TOKEN": "other"],
            plugins: "/plugins")
        let variables = environment.variables(["AWS_SESSION_TOKEN": nil, "AWS_ACCESS_KEY_ID": Redacted("key")])
        #expect(Set(variables.keys).isDisjoint(with: ["TF_CLI_ARGS_plan", "TF_WORKSPACE", "AWS_SESSION_TOKEN"]))
        #expect(variables["TF_VAR_adopt"] == "{}" && variables["AWS_ACCESS_KEY_ID"] == "key")
        #expect(variables["TF_PLUGIN_CACHE_DIR"] == "/plugins")
    }
}
