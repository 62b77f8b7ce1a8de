import ControlPlane
import Documents
import FoundationEssentials
import Glibc
import KubernetesClient
import Subprocess
import TestSupport
import Testing

/// The built tool before a real API server: its flags, its exit codes and what it says.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ClusterTests {
    // MARK: A plan, looked at

    @Test func aSavedPlanIsAppliedOnceAndThenIsStale() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let changed = ["--image", "registry.example.com/demo:2"]
            let unchanged = try await cluster.diff("--exit-code")
            #expect(unchanged.code == 0, "\(unchanged.output)")
            #expect(try await cluster.diff(changed[0], changed[1], "--exit-code").code == 3)
            #expect(try await cluster.diff(changed[0], changed[1], "--save", "plan.json").code == 0)
            let file = "\(cluster.sandbox.path)/work/plan.json"
            // It has the environment variables of the service.
            var facts = stat()
            #expect(stat(file, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
            #expect(try await cluster.image() == "registry.example.com/demo:1")
            let applied = try await cluster.run(["deploy", "--plan", "plan.json"])
            #expect(applied.code == 0, "\(applied.error)")
            #expect(try await cluster.image() == "registry.example.com/demo:2")
            let again = try await cluster.run(["deploy", "--plan", "plan.json"])
            #expect(again.code == 1)
            #expect(again.error.contains("error: the saved plan of `demo` is out of date [plan.stale]"))
            #expect(try await cluster.history() == "1 superseded, 2 deployed")
        }
    }

    @Test func aPlanThatWasOvertakenChangesNothing() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            #expect(try await cluster.diff("--image", "registry.example.com/demo:2", "--save", "p.json").code == 0)
            #expect(try await cluster.deploy("--image", "registry.example.com/demo:3").code == 0)
            let refused = try await cluster.run(["deploy", "--plan", "p.json"])
            #expect(refused.code == 1)
            #expect(refused.error.contains("[plan.stale]"))
            #expect(try await cluster.image() == "registry.example.com/demo:3")
            let described = try await cluster.deploy("--plan", "p.json")
            #expect(described.code == 2)
            #expect(described.error.contains("[usage.plan-and-service]"))
        }
    }

    @Test func aChangeDoesNoMoreThanItMay() async throws {
        try await ClusterSandbox.with { cluster in
            // To make something has no effect on what is there.
            #expect(try await cluster.deploy("--max-effect", "none").code == 0)
            let refused = try await cluster.deploy(
                "--image", "registry.example.com/demo:2", "--max-effect", "in-place")
            #expect(refused.code == 1)
            #expect(
                refused.error.contains(
                    "--image: error: Deployment/\(cluster.namespace)/demo would need the effect `rolling` "
                        + "[plan.effect]"), "\(refused.error)")
            #expect(refused.error.contains("1 pod is replaced"))
            #expect(refused.error.contains("fix: --max-effect rolling allows it"))
            #expect(try await cluster.image() == "registry.example.com/demo:1")
            #expect(try await cluster.history() == "1 deployed")
            let none = try await cluster.deploy("--set", "deployment.annotations.team=data", "--max-effect", "none")
            #expect(none.code == 1)
            #expect(none.error.contains("would need the effect `rolling` [plan.effect]"), "\(none.error)")
            let unknown = try await cluster.deploy("--max-effect", "roling")
            #expect(unknown.code == 2)
            #expect(unknown.error.contains("did you mean `rolling`?"))
        }
    }

    // MARK: Fields of others

    @Test func aConflictIsDecidedByAFlag() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let theirs: Node = [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": ["name": "demo", "namespace": .string(cluster.namespace)],
                "spec": [
                    "template": [
                        "spec": ["containers": [["name": "workload", "image": "registry.example.com/demo:theirs"]]]
                    ]
                ],
            ]
            _ = try await cluster.api.apply(
                .deployment, theirs, .init(takesOwnership: true, manager: "incident-bot"))
            let path = "spec.template.spec.containers[0].image"
            let refused = try await cluster.deploy()
            #expect(refused.code == 1)
            #expect(refused.error.contains("demo.yaml:\(SmallService.imageLine):"), "\(refused.error)")
            #expect(
                refused.error.contains(
                    "Deployment/\(cluster.namespace)/demo: `incident-bot` has set \(path) [kubernetes.conflict]"))
            #expect(refused.error.contains("--take-ownership \(path)"))
            #expect(refused.error.contains("--keep \(path)"))
            #expect(try await cluster.image() == "registry.example.com/demo:theirs")

            let kept = try await cluster.deploy("--keep", "Deployment/demo:\(path)", "--version", "2")
            #expect(kept.code == 0, "\(kept.error)")
            #expect(try await cluster.image() == "registry.example.com/demo:theirs")

            let elsewhere = try await cluster.deploy("--take-ownership", "Service/demo:spec")
            #expect(elsewhere.code == 1)
            let taken = try await cluster.deploy("--take-ownership", path)
            #expect(taken.code == 0, "\(taken.error)")
            #expect(try await cluster.image() == "registry.example.com/demo:1")
            #expect(try await cluster.deploy().code == 0)
            #expect(try await cluster.deploy("--keep", "Deployment:spec").code == 2)
        }
    }

    // MARK: doctor

    @Test func doctorSaysHowToMendWhatItFinds() async throws {
        try await ClusterSandbox.with { cluster in
            let healthy = try await cluster.run(["doctor"])
            #expect(healthy.code == 0)
            #expect(healthy.output.contains("at \(cluster.plane.server)"), "\(healthy.output)")
            #expect(!healthy.output.contains("fail"))

            let without = try await cluster.run(["doctor"], kubeconfig: "")
            #expect(without.code == 2)
            #expect(without.error.contains("[kubernetes.no-context]"))
            #expect(without.error.contains("fix: name a kubeconfig file with --kubeconfig or KUBECONFIG"))

            let expired = try await cluster.run(["doctor"], kubeconfig: cluster.kubeconfig(token: "expired"))
            #expect(expired.code == 6)
            #expect(expired.error.contains("[kubernetes.unauthorized]"))
            #expect(expired.error.contains("log in again, or choose another --context"))

            let forbidden = try await cluster.run(["doctor"], kubeconfig: cluster.plane.kubeconfigs.restricted)
            #expect(forbidden.code == 6)
            #expect(forbidden.error.contains("[kubernetes.forbidden]"))
            let rule = [
                "- apiGroups: [\"coordination.k8s.io\"]", "  resources: [leases]",
                "  verbs: [create, delete, get, update]",
            ]
            #expect(rule.allSatisfy(forbidden.error.contains), "\(forbidden.error)")
        }
    }

    // MARK: Secrets

    @Test func nothingThatIsPrintedHoldsASecret() async throws {
        try await ClusterSandbox.with { cluster in
            let value = "hunter2-\(UInt32.random(in: 0...UInt32.max))"
            let encoded = Data(value.utf8).base64EncodedString()
            _ = try await cluster.api.create(
                .namespace, namespace: nil,
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(cluster.namespace)]])
            _ = try await cluster.api.create(
                .secret, namespace: cluster.namespace,
                [
                    "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "credentials"],
                    "data": ["token": .string(encoded)],
                ])
            let variable = "deployment.env=[{name: TOKEN, secret: {name: credentials, key: token}}]"
            let deployed = try await cluster.deploy("--set", variable, "--verbose")
            #expect(deployed.code == 0, "\(deployed.error)")
            #expect(deployed.error.contains("PATCH \(cluster.plane.server)/"))
            #expect(deployed.error.contains("/synthdata-release.demo.v1 201 "))
            var printed = [deployed]
            printed.append(try await cluster.diff("--set", variable, "--version", "2", "-o", "json", "--verbose"))
            #expect(try await cluster.diff("--set", variable, "--version", "2", "--save", "plan.json").code == 0)
            for command in ["status", "history", "logs"] {
                printed.append(try await cluster.onDemo(command, "demo", "--verbose"))
            }
            printed.append(try await cluster.run(["doctor", "--verbose"]))
            for each in printed { #expect(each.code == 0, "\(each.error)") }
            // Of each there is something to look at.
            for each in printed.dropFirst() { #expect(!each.output.isEmpty) }
            let plan = try cluster.sandbox.text("plan.json")
            let token = try cluster.token()
            for text in printed.flatMap({ [$0.output, $0.error] }) + [plan] {
                for secret in [value, encoded, token, "Bearer"] { #expect(!text.contains(secret)) }
            }
        }
    }

    // MARK: A service's life

    @Test func aServiceLivesAndLeavesItsDataUntilThatMayGo() async throws {
        try await ClusterSandbox.with { cluster in
            let storage = "storage={enabled: true, size: 1Gi, storage_class: standard, access_mode: ReadWriteOnce}"
            let first = try await cluster.deploy("--set", storage)
            #expect(first.code == 0, "\(first.error)")
            #expect(first.error.contains("demo: ready at http://demo.\(cluster.namespace).svc:8080 (revision 1)"))
            let unchanged = try await cluster.deploy("--set", storage)
            #expect(unchanged.error.contains("everything is as desired"))
            #expect(try await cluster.deploy("--set", storage, "--image", "registry.example.com/demo:2").code == 0)

            let status = try await cluster.onDemo("status", "demo", "-o", "json").document()
            let service = try #require(status["items"]?.sequence?.first)
            #expect(service["name"]?.string == "demo")
            #expect(service["namespace"]?.string == cluster.namespace)
            let logs = try await cluster.onDemo("logs", "demo", "--tail", "2")
            #expect(logs.code == 0)
            #expect(logs.lines.count == 2 && logs.lines.allSatisfy { $0.hasPrefix("demo-") && $0.contains(" | ") })

            let back = try await cluster.onDemo("rollback", "demo")
            #expect(back.code == 0, "\(back.error)")
            #expect(try await cluster.image() == "registry.example.com/demo:1")
            #expect(try await cluster.history() == "1 superseded, 2 superseded, 3 deployed")
            let scaled = try await cluster.run(
                [
                    "scale", "--service", "demo", "--replicas", "0", "--provider", "onprem", "--namespace",
                    cluster.namespace,
                ])
            #expect(scaled.code == 0, "\(scaled.error)")

            let kept = try await cluster.onDemo("destroy", "demo")
            #expect(kept.code == 0)
            #expect(
                kept.error.contains("PersistentVolumeClaim/\(cluster.namespace)/demo-data"), "\(kept.error)")
            let claims = ResourceType(
                group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims",
                isNamespaced: true)
            #expect(try await cluster.api.get(claims, namespace: cluster.namespace, name: "demo-data") != nil)
            #expect(try await cluster.onDemo("destroy", "demo", "--delete-data").code == 0)
            #expect(try await cluster.api.get(claims, namespace: cluster.namespace, name: "demo-data") == nil)
            let gone = try await cluster.onDemo("destroy", "demo")
            #expect(gone.code == 1)
            #expect(gone.error.contains("[service.unknown]"))
        }
    }

    // MARK: Exit codes

    struct Ending: Sendable, CustomTestStringConvertible {
        let name: String
        let flags: [String]
        let code: Int32
        let says: [String]

        var testDescription: String { name }
    }

    @Test(arguments: [
        Ending(
            name: "not ready in time", flags: ["--image", "registry.example.com/demo:unready", "--timeout", "5s"],
            code: 4, says: ["[deploy.timed-out]", "it keeps trying meanwhile"]),
        Ending(
            name: "doomed", flags: ["--image", "registry.example.com/demo:typo"], code: 1,
            says: ["--image: error: there is no image `registry.example.com/demo:typo` [deploy.doomed]"]),
        Ending(
            name: "doomed, and taken back",
            flags: ["--image", "registry.example.com/demo:typo", "--rollback-on-failure"], code: 1,
            says: ["[deploy.doomed]", "note: revision 1 runs again at http://", ", as revision 3"]),
        Ending(
            name: "invalid", flags: ["--set", "deployment.imag=x"], code: 2, says: ["[config.unknown-key]"]),
    ])
    func theExitCodeSaysHowItEnded(ending: Ending) async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let arguments = ["deploy", "-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)"]
            let ended = try await cluster.run(arguments + ending.flags)
            #expect(ended.code == ending.code)
            for text in ending.says { #expect(ended.error.contains(text), "\(ended.error)") }
            #expect(ended.output.isEmpty)
        }
    }

    @Test func whoFindsTheServiceLockedIsToldByWhom() async throws {
        try await ClusterSandbox.with { cluster in
            let arguments = [
                "deploy", "-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)",
                "--kubeconfig", cluster.plane.kubeconfigs.admin,
            ]
            let waiting = arguments + ["--image", "registry.example.com/demo:unready", "--timeout", "5m"]
            let first = try await cluster.sandbox.run(waiting, until: "0 of 1 ready") { first in
                let refused = try await cluster.sandbox.run(arguments + ["--lock-timeout", "0s"])
                #expect(refused.code == 5)
                #expect(refused.error.contains("another deployment of `demo` is under way [deploy.locked]"))
                #expect(refused.error.contains("holds Lease \(cluster.namespace)/synthdata-lock.demo"))
                try first.send(.interrupt)
            }
            #expect(first.code == 130)
            #expect(try await cluster.image() == "registry.example.com/demo:unready")
        }
    }

    @Test func whoMayNotIsToldAtOnceAndNothingIsLeftBehind() async throws {
        try await ClusterSandbox.with { cluster in
            let arguments = ["deploy", "-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)"]
            for kubeconfig in [try cluster.kubeconfig(token: "expired"), cluster.plane.kubeconfigs.restricted] {
                let refused = try await cluster.run(arguments, kubeconfig: kubeconfig)
                #expect(refused.code == 6, "\(refused.error)")
                #expect(!refused.error.contains("Bearer"))
            }
            #expect(try await cluster.api.get(.namespace, namespace: nil, name: cluster.namespace) == nil)
        }
    }
}
