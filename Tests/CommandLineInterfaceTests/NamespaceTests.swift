import ControlPlane
import Documents
import Testing

/// Who has rights in one namespace alone works there as everybody else does everywhere.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct NamespaceTests {
    @Test func thePrintedRoleIsEnoughToOperateANamespace() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            try await cluster.giveRights()
            let place = ["--provider", "onprem", "--namespace", cluster.namespace]
            func run(_ arguments: String...) async throws -> Finished {
                try await cluster.run(arguments + place, kubeconfig: cluster.plane.kubeconfigs.restricted)
            }
            let status = try await run("status", "-o", "wide")
            #expect(status.code == 0, "\(status.error)")
            #expect(status.output.contains("│ demo "), "\(status.output)")
            #expect(status.output.contains("http://demo.\(cluster.namespace).svc:8080"), "\(status.output)")
            let drift = try await run("drift", "--exit-code")
            #expect(drift.code == 0 && drift.output == "demo: as deployed (revision 1)\n", "\(drift.error)")
            let expired = try await run("scale", "--expire")
            #expect(expired.code == 0 && expired.error == "nothing has expired\n", "\(expired.error)")
            let named = try await run("status", "nobody")
            #expect(named.code == 1, "\(named.error)")
            #expect(
                named.error.contains("there is no service `nobody` in namespace `\(cluster.namespace)`"),
                "\(named.error)")
            #expect(
                named.error.contains(
                    "`synthdata-infra status --provider onprem --namespace \(cluster.namespace)` lists the services"),
                "\(named.error)")
        }
    }

    @Test(arguments: [["status"], ["status", "-o", "wide"], ["drift"], ["scale", "--expire"]])
    func whoMayNotLookEverywhereIsToldOfTheFlag(_ command: [String]) async throws {
        try await ClusterSandbox.with { cluster in
            let finished = try await cluster.run(
                command + ["--provider", "onprem"], kubeconfig: cluster.plane.kubeconfigs.restricted)
            #expect(finished.code == 6)
            #expect(finished.error.contains("or look into one namespace with --namespace"), "\(finished.error)")
        }
    }

    @Test func scaleByRateTellsWhichRightIsMissing() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy("--set", "monitoring.prometheus.enabled=true").code == 0)
            try await cluster.giveRights(less: ["pods/proxy"])
            let place = ["--provider", "onprem", "--namespace", cluster.namespace]
            let scaled = try await cluster.run(
                ["scale", "--service", "demo", "--to", "1M/hour"] + place,
                kubeconfig: cluster.plane.kubeconfigs.restricted)
            #expect(scaled.code == 1, "\(scaled.error)")
            #expect(scaled.error.contains("[scale.no-throughput]"), "\(scaled.error)")
            let missing = "you lack the right to `get` `pods/proxy` in the namespace `\(cluster.namespace)`"
            #expect(scaled.error.contains(missing), "\(scaled.error)")
            #expect(scaled.error.contains("`synthdata-infra render --rights` prints a whole one"), "\(scaled.error)")
            let status = try await cluster.run(
                ["status", "demo"] + place, kubeconfig: cluster.plane.kubeconfigs.restricted)
            #expect(status.output.contains("Throughput  — (\(missing))"), "\(status.output)")
        }
    }

    // MARK: doctor

    @Test func doctorLooksWhereTheConfigurationHasServicesRun() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            try await cluster.giveRights()
            // The Role is that of the small service; doctor asks for whatever a service may need.
            let elsewhere = try await cluster.restricted("doctor")
            #expect(elsewhere.code == 6)
            #expect(elsewhere.error.contains("you lack rights in the namespace `synthdata`"), "\(elsewhere.error)")
            let named = try await cluster.restricted("doctor", "--namespace", cluster.namespace)
            #expect(
                named.error.contains("you lack rights in the namespace `\(cluster.namespace)`"), "\(named.error)")
            #expect(!named.error.contains("leases"), "\(named.error)")
            let kinds = ["horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy"]
            #expect(kinds.allSatisfy(named.error.contains), "\(named.error)")

            try cluster.sandbox.write(
                "deployment: {namespace: \(cluster.namespace)}\n", to: "synthdata/base.yaml")
            let configured = try await cluster.restricted("doctor")
            #expect(
                configured.error.contains("you lack rights in the namespace `\(cluster.namespace)`"),
                "\(configured.error)")
            #expect(!configured.error.contains("`synthdata`"), "\(configured.error)")
        }
    }

    @Test func doctorTellsOfAConfigurationThatIsWrong() async throws {
        try await ClusterSandbox.with { cluster in
            try cluster.sandbox.write("deployment: {replicsa: 2}\n", to: "synthdata/base.yaml")
            let told = try await cluster.run(["doctor"])
            #expect(told.code == 2)
            #expect(told.output.contains("fail  configuration"), "\(told.output)")
            #expect(told.output.contains("not valid"), "\(told.output)")
            #expect(told.error.contains("synthdata/base.yaml:1:14: error:"), "\(told.error)")
            #expect(told.error.contains("did you mean `deployment.replicas`?"), "\(told.error)")
            // It is wrong for every data type, and told once.
            #expect(told.error.split(separator: "[config.unknown-key]").count == 2, "\(told.error)")

            let data = try await cluster.run(["doctor", "-o", "json"])
            #expect(data.code == 2)
            let document = try await data.document()
            #expect(document["kind"]?.string == "CheckupList")
            let items = document["items"]?.sequence ?? []
            #expect(
                items.map { $0["name"]?.string } == ["configuration", "this machine", "current context"])
            #expect(items.map { $0["ok"]?.bool } == [false, true, true])
            let problem = items.first?["diagnostics"]?.sequence?.first
            #expect(problem?["code"]?.string == "config.unknown-key")
            #expect(items.last?["clusterUID"]?.string?.isEmpty == false)
        }
    }

    @Test func doctorAndStatusLookIntoEveryContext() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let file = try cluster.kubeconfig(addingContext: "gone", server: "https://127.0.0.1:1")
            let doctor = try await cluster.run(
                ["doctor", "--all-contexts", "--kubeconfig", file, "-o", "json"])
            #expect(doctor.code != 0)
            let items = try await doctor.document()["items"]?.sequence ?? []
            let contexts = items.dropFirst(2)
            #expect(contexts.map { $0["name"]?.string } == ["context test", "context gone"])
            #expect(contexts.map { $0["ok"]?.bool } == [true, false])

            let place = ["--all-contexts", "--kubeconfig", file, "--namespace", cluster.namespace]
            let status = try await cluster.run(["status"] + place)
            #expect(status.code != 0)
            let rows = status.lines.filter { $0.hasPrefix("│") }
            let cells = rows.map { $0.split(separator: "│").map { String($0).trimmed } }
            #expect(
                cells.first == ["Context", "Service", "Type", "Status", "Throughput", "Resources"], "\(cells)")
            #expect(cells.contains { $0.prefix(4) == ["test", "demo", "image", "healthy"] }, "\(cells)")
            #expect(cells.contains { $0 == ["gone", "—", "—", "unreachable", "—", "—"] }, "\(cells)")
            #expect(status.error.contains("context `gone`: "), "\(status.error)")

            let data = try await cluster.run(["status", "-o", "json"] + place)
            let document = try await data.document()
            #expect(document["items"]?.sequence?.map { $0["context"]?.string } == ["test"])
            #expect(document["unreachable"]?.sequence?.map { $0["context"]?.string } == ["gone"])

            let refused = try await cluster.run(["status", "--provider", "local"] + place)
            #expect(refused.code == 2 && refused.error.contains("[usage.all-contexts]"))
        }
    }
}

extension String {
    /// Without blanks at the ends.
    var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
