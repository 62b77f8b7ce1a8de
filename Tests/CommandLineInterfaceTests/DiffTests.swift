import ControlPlane
import Documents
import FoundationEssentials
import KubernetesClient
import TestSupport
import Testing

/// `diff` where the deployment would be refused, and paths that mean nothing.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct DiffTests {
    @Test func theDiffHasTheGateOfTheDeployment() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let change = ["--image", "registry.example.com/demo:2"]
            let gate = ["--max-effect", "in-place"]
            let line = ["-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)"]
            let deploy = try await cluster.run(["deploy"] + line + change + gate)
            let diff = try await cluster.run(["diff"] + line + change + gate + ["--save", "plan.json"])
            #expect(diff.code == 1 && deploy.code == 1)
            #expect(diff.error == deploy.error, "\(diff.error)")
            #expect(diff.error.contains("[plan.effect]"), "\(diff.error)")
            // It is shown, and not saved.
            #expect(diff.output.contains("+ registry.example.com/demo:2"), "\(diff.output)")
            #expect(!FileManager.default.fileExists(atPath: "\(cluster.sandbox.path)/work/plan.json"))

            let allowed = try await cluster.run(
                ["diff"] + line + change + ["--max-effect", "rolling", "--exit-code"])
            #expect(allowed.code == 3 && allowed.error.isEmpty, "\(allowed.error)")
            let data = try await cluster.run(["diff"] + line + change + gate + ["-o", "json"])
            #expect(data.code == 1)
            #expect(try await data.document()["items"]?.sequence?.first?["effect"]?.string == "rolling")
            #expect(try await data.problems()["diagnostics"]?.sequence?.first?["code"]?.string == "plan.effect")
            #expect(try await cluster.run(["diff"] + line + ["--max-effect", "roling"]).code == 2)
        }
    }

    @Test func whatThePreflightRefusesIsShownAllTheSame() async throws {
        try await ClusterSandbox.with { cluster in
            let huge = ["--set", "resources.memory=900Ti"]
            let line = ["-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)"]
            let deploy = try await cluster.run(["deploy"] + line + huge)
            #expect(deploy.code == 1 && deploy.error.contains("[kubernetes.no-room]"), "\(deploy.error)")
            let diff = try await cluster.run(["diff"] + line + huge + ["--exit-code"])
            #expect(diff.code == 1)
            #expect(diff.error.contains("[kubernetes.no-room]"), "\(diff.error)")
            #expect(
                diff.output.contains("+ create  Deployment/\(cluster.namespace)/demo"), "\(diff.output)")
            #expect(try await cluster.api.get(.namespace, namespace: nil, name: cluster.namespace) == nil)
        }
    }

    /// Somebody has changed one of three: the others are told of, in the order of their files, and nothing is saved.
    @Test func oneThatCannotBePlannedKeepsNoOtherFromBeingTold() async throws {
        try await ClusterSandbox.with { cluster in
            let line = ["-f", "fleet", "--set", "deployment.namespace=\(cluster.namespace)"]
            for name in ["a", "b", "c"] {
                let document = SmallService.document.replacing("name: demo", with: "name: \(name)")
                try cluster.sandbox.write(document, to: "fleet/\(name).yaml")
            }
            #expect(try await cluster.run(["deploy"] + line).code == 0)
            _ = try await cluster.api.apply(
                .deployment,
                [
                    "apiVersion": "apps/v1", "kind": "Deployment",
                    "metadata": ["name": "b", "namespace": .string(cluster.namespace)], "spec": ["replicas": 3],
                ], .init(takesOwnership: true, manager: "somebody"))
            let diff = try await cluster.run(
                ["diff"] + line + ["--image", "registry.example.com/demo:2", "--exit-code", "--save", "plan.json"])
            #expect(diff.code == 1, "\(diff.error)")
            #expect(diff.error.contains("[kubernetes.conflict]"), "\(diff.error)")
            let first = try #require(diff.output.firstRange(of: "Deployment/\(cluster.namespace)/a"))
            let last = try #require(diff.output.firstRange(of: "Deployment/\(cluster.namespace)/c"))
            #expect(first.lowerBound < last.lowerBound)
            #expect(!diff.output.contains("Deployment/\(cluster.namespace)/b"), "\(diff.output)")
            #expect(!FileManager.default.fileExists(atPath: "\(cluster.sandbox.path)/work/plan.json"))
        }
    }

    @Test func aPathThatNothingHasIsToldWithTheNearest() async throws {
        try await ClusterSandbox.with { cluster in
            let deployed = try await cluster.deploy("--keep", "spec.replicaz")
            #expect(deployed.code == 0, "\(deployed.error)")
            #expect(
                deployed.error.contains("--keep: warning: no object has `spec.replicaz` [usage.unmet-path]"),
                "\(deployed.error)")
            #expect(deployed.error.contains("did you mean `spec.replicas`?"), "\(deployed.error)")
            let diff = try await cluster.diff("--take-ownership", "Deployment/demoo:spec.replicas")
            #expect(
                diff.error.contains("--take-ownership: warning: no object has `Deployment/demoo:spec.replicas`"),
                "\(diff.error)")
            #expect(diff.error.contains("did you mean `Deployment/demo:spec.replicas`?"), "\(diff.error)")
            let right = try await cluster.diff("--keep", "spec.replicas", "--keep", "Deployment/demo:spec.template")
            #expect(right.error.isEmpty, "\(right.error)")

            let ignored = try await cluster.onDemo(
                "drift", "--ignore", "spec.replicaz", "--ignore", "Deployment/demoo", "--ignore", "spec.replicas",
                "--ignore", "Deployment/demo")
            #expect(ignored.code == 0, "\(ignored.error)")
            #expect(
                ignored.error.contains("--ignore: warning: no object has `spec.replicaz` [usage.unmet-path]"),
                "\(ignored.error)")
            #expect(
                ignored.error.contains("--ignore: warning: there is no object `Deployment/demoo`"),
                "\(ignored.error)")
            #expect(ignored.error.contains("did you mean `Deployment/demo`?"), "\(ignored.error)")
            #expect(ignored.error.split(separator: "warning: ").count == 3, "\(ignored.error)")
        }
    }

    /// Several services may have a path between them.
    @Test func aFleetHasAPathWhereOneOfItsServicesHasIt() async throws {
        try await Sandbox.with { sandbox in
            for name in ["one", "two"] { try sandbox.service(name, "workload: {seed: 1}", file: "fleet/\(name).yaml") }
            let diff = try await sandbox.run(
                "diff", "-f", "fleet", "--keep", "LocalService/two:spec.replicas", "--keep", "spec.replica")
            #expect(diff.code == 0, "\(diff.error)")
            #expect(diff.error.contains("did you mean `spec.replicas`?"), "\(diff.error)")
            #expect(diff.error.split(separator: "warning: ").count == 2, "\(diff.error)")
        }
    }

    // MARK: Secrets

    @Test func aSecretInTheConfigurationOfAWorkloadIsNotShown() async throws {
        try await ClusterSandbox.with { cluster in
            func line(_ secret: String) -> [String] {
                [
                    "-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)",
                    "--set", "specific.api_token=\(secret)", "--set", "specific.max_tokens=512",
                ]
            }
            let (old, new) = ("hunter2-old", "hunter2-new")
            #expect(try await cluster.run(["deploy"] + line(old)).code == 0)
            let diff = try await cluster.run(["diff"] + line(new))
            #expect(diff.code == 0 && diff.output.contains("data.service\\.json\n"), "\(diff.output)")
            let marks = diff.output.matches(of: /\\"api_token\\": \\"<redacted ([0-9a-f]{12})>\\"/).map(\.1)
            #expect(Set(marks).count == 2, "\(diff.output)")
            #expect(diff.output.contains(#"\"max_tokens\": 512"#), "\(diff.output)")
            let data = try await cluster.run(["diff"] + line(new) + ["-o", "json"])
            let broken = try await cluster.run(
                ["deploy"] + line(new) + ["--image", "registry.example.com/demo:typo", "--evidence", "evidence"])
            #expect(broken.code == 1)
            let files = try await cluster.sandbox.shell("find evidence -type f | sort && cat $(find evidence -type f)")
            #expect(files.output.contains("service.json") && files.output.contains("<redacted "), "\(files.output)")
            for finished in [diff, data, broken, files] {
                for secret in [old, new] {
                    #expect(!finished.output.contains(secret) && !finished.error.contains(secret))
                }
            }
            // What runs has it.
            let map = ResourceType(
                group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true)
            let live = try await cluster.api.get(map, namespace: cluster.namespace, name: "demo-config")
            #expect(live?["data"]?["service.json"]?.string?.contains(new) == true)
        }
    }
}
