import ControlPlane
import Documents
import KubernetesClient
import Testing

/// `scale` before a real API server: which knob it turns, how long that lasts, and what is told of it.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ScaleTests {
    private func scale(_ cluster: ClusterSandbox, _ arguments: String...) async throws -> Finished {
        try await cluster.run(
            ["scale", "--service", "demo"] + arguments + ["--provider", "onprem", "--namespace", cluster.namespace])
    }

    private func status(_ cluster: ClusterSandbox) async throws -> Node {
        let document = try await cluster.onDemo("status", "-o", "json").document()
        return try #require(document["items"]?.sequence?.first)
    }

    private func replicas(_ cluster: ClusterSandbox) async throws -> Int? {
        try await cluster.api.get(.deployment, namespace: cluster.namespace, name: "demo")?
            .value("spec", "replicas")?.integer
    }

    @Test func tellsTheKnobAndThatNothingRunsAnyMore() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let more = try await scale(cluster, "--replicas", "2")
            #expect(more.code == 0, "\(more.error)")
            #expect(
                more.error.contains("demo: sets Deployment/\(cluster.namespace)/demo: replicas 2\n"), "\(more.error)")
            #expect(more.error.contains("demo: ready at http://demo.\(cluster.namespace).svc:8080 (revision 2)"))

            // The next deployment says that it does not do what is configured.
            let kept = try await cluster.deploy("--image", "registry.example.com/demo:2")
            #expect(kept.code == 0, "\(kept.error)")
            #expect(
                kept.error.contains(
                    "demo: warning: 2 replicas are kept, as `scale` set them, instead of 1; --replicas ends that"),
                "\(kept.error)")
            #expect(try await replicas(cluster) == 2)

            let none = try await scale(cluster, "--replicas", "0")
            #expect(none.code == 0, "\(none.error)")
            #expect(none.error.contains("demo: stopped (revision 4)\n"), "\(none.error)")
            #expect(!none.error.contains("ready at"), "\(none.error)")
            let unchanged = try await cluster.deploy("--image", "registry.example.com/demo:2")
            #expect(unchanged.error.contains("demo: warning: 0 replicas are kept"), "\(unchanged.error)")
            #expect(unchanged.error.contains("demo: unchanged (revision 4)"), "\(unchanged.error)")
        }
    }

    @Test func tellsTheBoundsOfAnAutoscaler() async throws {
        try await ClusterSandbox.with { cluster in
            let autoscaler = "scaling={enabled: true, min_replicas: 1, max_replicas: 3, target_cpu: 70%}"
            #expect(try await cluster.deploy("--set", autoscaler).code == 0)
            let name = "HorizontalPodAutoscaler/\(cluster.namespace)/demo"
            let both = try await scale(cluster, "--replicas", "2")
            #expect(both.code == 0, "\(both.error)")
            #expect(both.error.contains("demo: sets \(name): minimum 2, maximum 2\n"), "\(both.error)")
            let none = try await scale(cluster, "--replicas", "0")
            #expect(none.code == 0, "\(none.error)")
            let workload = "Deployment/\(cluster.namespace)/demo"
            #expect(
                none.error.contains("demo: sets \(workload): replicas 0, which switches \(name) off\n"),
                "\(none.error)")
            #expect(none.error.contains("demo: stopped (revision 3)"), "\(none.error)")
        }
    }

    @Test func forATimeIsToldUntilItIsOver() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let scaled = try await scale(cluster, "--replicas", "2", "--for", "2h")
            #expect(scaled.code == 0, "\(scaled.error)")
            let back =
                "; then `synthdata-infra scale --expire --service demo --provider onprem --namespace "
                + "\(cluster.namespace)` or the next deploy goes back to 1"
            let standing = /demo: scaled to 2 replicas for another (1h5[0-9]m|2h)/
            #expect(scaled.error.contains(standing) && scaled.error.contains(back), "\(scaled.error)")

            let scale = try #require(try await status(cluster)["scale"])
            #expect(scale["replicas"]?.integer == 2 && scale["expired"]?.bool == false)
            #expect((6600...7200).contains(try #require(scale["secondsLeft"]?.integer)))
            let table = try await cluster.onDemo("status")
            #expect(table.error.contains(standing) && table.error.contains(back), "\(table.error)")
            let wide = try await cluster.onDemo("status", "-o", "wide")
            #expect(wide.output.contains(/│ 2\/2 \((1h5[0-9]m|2h) left\) +│/), "\(wide.output)")
            let detail = try await cluster.onDemo("status", "demo")
            #expect(detail.output.contains(/Scale +scaled to 2 replicas for another/), "\(detail.output)")

            // Nothing is due, and nothing drifts.
            let early = try await cluster.run(
                ["scale", "--expire", "--provider", "onprem", "--namespace", cluster.namespace])
            #expect(early.code == 0 && early.error.contains("nothing has expired"), "\(early.error)")
            #expect(early.error.contains(standing), "\(early.error)")
            #expect(try await cluster.onDemo("drift", "--exit-code").code == 0)
            let kept = try await cluster.deploy()
            #expect(kept.error.contains(/warning: 2 replicas are kept for another (1h5[0-9]m|2h), as/))
            #expect(try await replicas(cluster) == 2)
        }
    }

    @Test func whatIsDueIsTakenBack() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            #expect(try await scale(cluster, "--replicas", "3", "--for", "1s").code == 0)
            try await Task.sleep(for: .seconds(1.2))
            let due = try #require(try await status(cluster)["scale"])
            #expect(due["expired"]?.bool == true && due["secondsLeft"]?.integer == 0)
            let wide = try await cluster.onDemo("status", "-o", "wide")
            #expect(wide.output.contains("│ 3/3 (expired) "), "\(wide.output)")
            #expect(
                wide.error.contains(/demo: scaled to 3 replicas, which expired [0-9]+m?s ago; `synthdata-infra scale/),
                "\(wide.error)")

            let expire = ["scale", "--expire", "--provider", "onprem", "--namespace", cluster.namespace]
            let taken = try await cluster.run(expire + ["-o", "json"])
            #expect(taken.code == 0, "\(taken.error)")
            let items = try await taken.document()["items"]?.sequence ?? []
            #expect(items.map { $0["name"]?.string } == ["demo"])
            #expect(items.first?["revision"]?.integer == 3 && items.first?["scale"] == nil)
            #expect(try await replicas(cluster) == 1)
            #expect(try await status(cluster)["scale"] == nil)
            let again = try await cluster.run(expire)
            #expect(again.code == 0 && again.error == "nothing has expired\n", "\(again.error)")
            #expect(try await cluster.history() == "1 superseded, 2 superseded, 3 deployed")
        }
    }

    // MARK: --to

    private static let busy = [
        "--set", "deployment.annotations={played.example/records-per-second: \"50\"}",
        "--set", "monitoring.prometheus.enabled=true",
    ]

    /// Asks for about so many times what a replica makes, and holds the outcome against what was told of it.
    private func scalesByRate(_ cluster: ClusterSandbox) async throws -> Int {
        // A replica makes 180K an hour. One that has no time to answer is asked again.
        let scaled = try await cluster.eventually {
            try await scale(cluster, "--to", "450K/hour")
        } until: {
            $0.code == 0
        }
        try #require(scaled.code == 0, "\(scaled.error)")
        let told = try #require(
            scaled.error.firstMatch(
                of: /demo: ([0-9.]+)K\/hour a replica over the last ([0-9a-z]+) x ([0-9]+) = ([0-9.]+)([KM])\/hour/),
            "\(scaled.error)")
        let each = try #require(Double(told.1))
        let number = try #require(Int(told.3))
        // What is told is rounded; what is counted with is not.
        let possible = Int((450 / (each + 0.5)).rounded(.up))...Int((450 / (each - 0.5)).rounded(.up))
        #expect(possible.contains(number), "\(scaled.error)")
        #expect(scaled.error.contains("sets Deployment/\(cluster.namespace)/demo: replicas \(number)"))
        #expect(try await replicas(cluster) == number)
        return number
    }

    @Test func toARateByWhatTheReplicasTell() async throws {
        try await ClusterSandbox.with { cluster in
            let deployed = try await cluster.run(
                ["deploy", "-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)"] + Self.busy)
            #expect(deployed.code == 0, "\(deployed.error)")
            let number = try await scalesByRate(cluster)
            // A busy machine tells a rate that is off, but not by that much.
            #expect((2...5).contains(number))
            let status = try await status(cluster)
            #expect(try #require(status["throughputPerHour"]?.number?.double) > 0)
        }
    }

    @Test func toARateByWhatPrometheusTells() async throws {
        try await ClusterSandbox.with { cluster in
            let server = try await PrometheusServer.start(kubeconfig: cluster.plane.kubeconfigs.admin)
            let deployed = try await cluster.run(
                ["deploy", "-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)"] + Self.busy
                    + ["--set", "monitoring.prometheus.url=\(server.url)"])
            #expect(deployed.code == 0, "\(deployed.error)")
            let known = try await cluster.eventually {
                try await cluster.onDemo("status", "-o", "json")
            } until: {
                // What it made before it was first asked is missing, which counts for less and less.
                let service = try? Finished.parsed($0.output)["items"]?.sequence?.first
                return service?["throughputPerHour"]?.number?.double ?? 0 > 100_000
            }
            #expect(known.error.isEmpty, "\(known.error)")
            let number = try await scalesByRate(cluster)
            #expect((1...10).contains(number))
            let detail = try await cluster.onDemo("status", "demo")
            #expect(
                detail.output.contains(/Throughput +[0-9.]+[KM]?\/hour over the last [0-9a-z]+/), "\(detail.output)")
            _ = server
        }
    }
}
