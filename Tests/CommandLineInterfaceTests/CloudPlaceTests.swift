import ControlPlane
import Documents
import Subprocess
import TestSupport
import Testing

/// Where in AWS a command works, however that is said, from outside.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudPlaceTests {
    private static let here = "{region: us-east-1, cluster: production}"

    private func run(
        _ aws: PlayedAWS, _ cluster: ClusterSandbox, _ arguments: [String],
        _ more: [Environment.Key: String?] = [:]
    ) async throws -> Finished {
        try await cluster.sandbox.run(arguments, environment: aws.environment.merging(more) { $1 })
    }

    private func service(_ cluster: ClusterSandbox) -> [String] {
        ["-f", "cloud.yaml", "--set", "deployment.namespace=\(cluster.namespace)"]
    }

    /// Who asks, where that came from, and whether it is who is meant.
    @Test func doctorTellsWhoYouAreAndWhoIsPinned() async throws {
        let aws = try await PlayedAWS()
        try await ClusterSandbox.with { cluster in
            let place = ["doctor", "--region", PlayedAWS.region, "--cluster", PlayedAWS.cluster]
            let found = try await run(aws, cluster, place)
            #expect(found.code == 0, "\(found.output)\(found.error)")
            #expect(
                found.output.contains("arn:aws:sts::\(PlayedAWS.account):user/moto (environment variables)"),
                "\(found.output)")
            try cluster.sandbox.write(
                "providers: {aws: {account: \"210987654321\"}}\n", to: "synthdata/profiles/providers/aws.yaml")
            let pinned = try await run(aws, cluster, place)
            #expect(pinned.code != 0)
            #expect((pinned.output + pinned.error).contains("[aws.other-account]"), "\(pinned.output)\(pinned.error)")
        }
    }

    /// Every value tells where it is from, the one that stands in no layer, too.
    @Test func aRegionThatNoLayerNamesTellsWhereItIsFrom() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.write(PlayedAWS.document("{cluster: production}"), to: "cloud.yaml")
            try sandbox.write("[default]\nregion = eu-north-1\n", to: "aws.ini")
            func explained(_ region: String?) async throws -> [String] {
                let arguments = ["config", "explain", "providers.aws.region", "-f", "cloud.yaml"]
                let told = try await sandbox.run(
                    arguments, environment: ["AWS_REGION": region, "AWS_CONFIG_FILE": "aws.ini"])
                #expect(told.code == 0, "\(told.error)")
                return told.output.split(separator: "\n").map { $0.trimmingPrefix(while: \.isWhitespace) }.map(
                    String.init)
            }
            let variable = try await explained("eu-west-1")
            #expect(variable.first == "providers.aws.region = eu-west-1" && variable.last == "AWS_REGION  eu-west-1")
            let profile = try await explained(nil)
            #expect(profile.last?.contains("aws.ini:2  eu-north-1") == true, "\(profile)")

            // What cannot be read keeps nobody from looking at the rest.
            for command in [["config", "show"], ["config", "explain", "providers.aws.region"]] {
                let told = try await sandbox.run(
                    command + ["-f", "cloud.yaml"], environment: ["AWS_REGION": "EU_West"])
                #expect(told.code == 0 && told.error.contains("AWS_REGION: warning: "), "\(told.error)")
            }
            let rendered = try await sandbox.run(
                ["render", "-f", "cloud.yaml"], environment: ["AWS_REGION": "EU_West"])
            #expect(rendered.code == 2 && rendered.error.contains("AWS_REGION: error: "), "\(rendered.error)")

            try sandbox.write(PlayedAWS.document(Self.here), to: "cloud.yaml")
            let configured = try await explained("eu-west-1")
            #expect(configured.first == "providers.aws.region = us-east-1")
            #expect(!configured.contains { $0.contains("AWS_REGION  ") }, "\(configured)")
        }
    }

    // MARK: A plan, looked at

    @Test func aSavedPlanIsForTheClusterThatItWasMadeFor() async throws {
        let aws = try await PlayedAWS()
        try await ClusterSandbox.with { cluster in
            try cluster.sandbox.write(PlayedAWS.document(Self.here), to: "cloud.yaml")
            let saved = try await run(aws, cluster, ["diff", "--save", "plan.json"] + service(cluster))
            #expect(saved.code == 0, "\(saved.error)")
            let text = try cluster.sandbox.text("plan.json")
            let uid = try #require(
                Finished.parsed(text)["items"]?.sequence?.first?["clusterUID"]?.string, "the plan names no cluster")

            try cluster.sandbox.write(text.replacing(uid, with: "another-uid"), to: "elsewhere.json")
            let other = try await run(aws, cluster, ["deploy", "--yes", "--plan", "elsewhere.json"])
            #expect(other.code == 1, "\(other.error)")
            #expect(other.error.contains("the saved plan of `demo` is for another cluster [plan.other-cluster]"))
            #expect(other.error.contains("UID is another-uid, and this one's is \(uid)"), "\(other.error)")
            #expect(
                other.error.contains(
                    "note: the plan was saved for cluster production, region us-east-1, account 123456789012"))

            let account = "\"account\": \"\(PlayedAWS.account)\""
            #expect(text.contains(account))
            try cluster.sandbox.write(
                text.replacing(account, with: "\"account\": \"210987654321\""), to: "account.json")
            let stranger = try await run(aws, cluster, ["deploy", "--yes", "--plan", "account.json"])
            #expect(stranger.code == 6, "\(stranger.error)")
            #expect(stranger.error.contains("[aws.other-account]"), "\(stranger.error)")
            #expect(stranger.error.contains("note: the plan was saved for"), "\(stranger.error)")

            let old = text.replacing("\"synthdata.io/v2\"", with: "\"synthdata.io/v1\"")
            try cluster.sandbox.write(old, to: "old.json")
            let placeless = try await run(aws, cluster, ["deploy", "--yes", "--plan", "old.json"])
            #expect(placeless.code == 2 && placeless.error.contains("[plan.malformed]"), "\(placeless.error)")
            #expect(placeless.error.contains("it does not say for which cluster"), "\(placeless.error)")

            // Here, no file says where it is.
            try cluster.sandbox.write(text, to: "empty/plan.json")
            let environment = aws.environment
            let applied = try await cluster.sandbox.shell(
                "cd empty && exec \"$0\" \"$@\"", ["deploy", "--yes", "--plan", "plan.json"], environment: environment)
            #expect(applied.code == 0, "\(applied.error)")
            let stale = try await run(aws, cluster, ["deploy", "--yes", "--plan", "plan.json"])
            #expect(stale.error.contains("[plan.stale]"), "\(stale.error)")

            // What is printed can be typed.
            let place = " --provider aws --region us-east-1 --cluster production"
            let target = [
                "--provider", "aws", "--region", "us-east-1", "--cluster", "production", "--namespace",
                cluster.namespace,
            ]
            let back = try await run(aws, cluster, ["rollback", "demo"] + target)
            #expect(
                back.error.contains("`synthdata-infra history demo\(place) --namespace \(cluster.namespace)` shows"),
                "\(back.error)")
            let unknown = try await run(aws, cluster, ["logs", "nobody-of-that-kind"] + target)
            #expect(unknown.error.contains("status\(place)"), "\(unknown.error)")
            let gone = try await run(aws, cluster, ["destroy", "demo", "--yes", "--delete-data"] + target)
            #expect(gone.code == 0, "\(gone.error)")
        }
    }

    // MARK: Regions

    @Test func aRegionOfTheEnvironmentGivesTheSameNamesAsOneOfALayer() async throws {
        let aws = try await PlayedAWS()
        try await ClusterSandbox.with { cluster in
            try cluster.sandbox.write(PlayedAWS.document("{cluster: production}"), to: "cloud.yaml")
            let terraform = ["render", "--format", "terraform"] + service(cluster)
            let nowhere = try await run(aws, cluster, terraform)
            let set = try await run(aws, cluster, terraform + ["--set", "providers.aws.region=us-east-1"])
            let variable = try await run(aws, cluster, terraform, ["AWS_REGION": "us-east-1"])
            try cluster.sandbox.write("[profile dev]\nregion = us-east-1\n", to: "../home/.aws/config")
            let profile = try await run(aws, cluster, terraform, ["AWS_PROFILE": "dev"])
            #expect(set.code == 0 && set.output != nowhere.output, "\(set.error)")
            #expect(variable.output == set.output && profile.output == set.output)

            let deployed = try await run(
                aws, cluster, ["deploy", "--yes"] + service(cluster), ["AWS_REGION": "us-east-1"])
            #expect(deployed.code == 0, "\(deployed.error)")
            // As a layer that names it would have it.
            let same = try await run(
                aws, cluster,
                ["diff", "--exit-code", "--set", "providers.aws.region=us-east-1"] + service(cluster))
            #expect(same.code == 0, "\(same.output)\(same.error)")
        }
    }

    @Test func aRegionIsCheckedWhereverItIsNamed() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.write("[default]\nregion = US-EAST-1\n", to: "../home/.aws/config")
            let status = ["status", "--provider", "aws", "--cluster", "production"]
            let nobody = PlayedAWS.nobody
            let flag = try await sandbox.run(status + ["--region", "x.example.com/"], environment: nobody)
            let empty = try await sandbox.run(status + ["--region", ""], environment: nobody)
            let variable = try await sandbox.run(
                status, environment: nobody.merging(["AWS_REGION": "US-EEST-1"]) { $1 })
            let profile = try await sandbox.run(status, environment: nobody)
            #expect(flag.error.hasPrefix("--region: error: `providers.aws.region` cannot be `x.example.com/`"))
            #expect(empty.error.hasPrefix("--region: error: `providers.aws.region` cannot be ``"), "\(empty.error)")
            #expect(variable.error.hasPrefix("AWS_REGION: error: `providers.aws.region` cannot be `US-EEST-1`"))
            #expect(profile.error.contains("/.aws/config:2: error: `providers.aws.region` cannot be `US-EAST-1`"))
            for refused in [flag, empty, variable, profile] {
                #expect(refused.code == 2 && refused.error.contains("[config.invalid-value]"), "\(refused.error)")
            }
            try sandbox.write(PlayedAWS.document("{cluster: production}"), to: "cloud.yaml")
            let validated = try await sandbox.run(["validate", "-f", "cloud.yaml"], environment: nobody)
            #expect(validated.code == 2 && validated.error.contains("cannot be `US-EAST-1`"), "\(validated.error)")
        }
    }

    @Test func aRegionThatNobodyNamesIsAskedForWithItsFlag() async throws {
        try await Sandbox.with { sandbox in
            let refused = try await sandbox.run(["status", "--provider", "aws"], environment: PlayedAWS.nobody)
            #expect(refused.error.contains("[aws.no-region]") && refused.error.contains("take it as --region"))
        }
    }

    // MARK: Advice

    @Test func whoHasNoCredentialsIsNotToldToNameANamespace() async throws {
        try await Sandbox.with { sandbox in
            let target = ["--provider", "aws", "--region", "us-east-1", "--cluster", "production"]
            for command in [["destroy", "demo", "--yes"], ["status"]] {
                let refused = try await sandbox.run(command + target, environment: PlayedAWS.nobody)
                #expect(refused.code == 6, "\(refused.error)")
                #expect(refused.error.contains("[aws.no-credentials]"), "\(refused.error)")
                #expect(!refused.error.contains("--namespace"), "\(refused.error)")
            }
        }
    }
}
