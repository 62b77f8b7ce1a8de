import ControlPlane
import Documents
import KubernetesClient
import TestSupport
import Testing

/// `status` of many services, of one, and for as long as somebody looks.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct StatusTests {
    /// The cells of a table's lines, its header first.
    private func cells(_ finished: Finished) -> [[String]] {
        finished.lines.filter { $0.hasPrefix("│") }
            .map { $0.split(separator: "│").map { String($0).trimmed } }
    }

    @Test func servicesOfOneNameAreToldApartByNamespace() async throws {
        try await ClusterSandbox.with { cluster in
            let other = "\(cluster.namespace)-b"
            #expect(try await cluster.deploy().code == 0)
            #expect(try await cluster.deploy("--set", "deployment.namespace=\(other)").code == 0)
            let all = try await cluster.run(["status", "--provider", "onprem", "-o", "wide"])
            #expect(all.code == 0, "\(all.error)")
            let rows = cells(all)
            #expect(rows.first?.prefix(3) == ["Namespace", "Service", "Type"], "\(rows)")
            let place = try #require(rows.first?.firstIndex(of: "Endpoint"))
            for namespace in [cluster.namespace, other] {
                let row = rows.filter { $0[0] == namespace }
                #expect(row.map { Array($0[1...3]) } == [["demo", "image", "healthy"]], "\(rows)")
                #expect(row.first?[place] == "http://demo.\(namespace).svc:8080", "\(rows)")
            }
            // Where there is one namespace, it need not be told.
            let one = try await cluster.run(["status", "--provider", "onprem", "--namespace", other])
            #expect(cells(one).map { $0[0] } == ["Service", "demo"], "\(one.output)")
            let several = try await cluster.run(["status", "demo", "--provider", "onprem"])
            #expect(several.code == 2 && several.error.contains("[service.ambiguous]"), "\(several.error)")
            _ = try? await cluster.api.delete(.namespace, namespace: nil, name: other, uid: nil)
        }
    }

    /// However many services there are.
    @Test func aFleetIsAFewLists() async throws {
        try await ClusterSandbox.with { cluster in
            func requests(_ format: String) async throws -> [String] {
                let status = try await cluster.onDemo("status", "-o", format, "--verbose")
                #expect(status.code == 0, "\(status.error)")
                let home = "\(cluster.plane.server)/api"
                return status.error.split(separator: "\n").map(String.init)
                    .filter { $0.contains("GET \(home)") && $0.contains("/namespaces/\(cluster.namespace)/") }
                    .filter { !$0.contains("/proxy/") }
            }
            for name in ["one", "two", "three"] {
                let text = SmallService.document
                try cluster.sandbox.write(text.replacing("name: demo", with: "name: \(name)"), to: "fleet/\(name).yaml")
            }
            let deployed = try await cluster.run(
                ["deploy", "-f", "fleet", "--set", "deployment.namespace=\(cluster.namespace)"])
            #expect(deployed.code == 0, "\(deployed.error)")
            // Deployments, pods, inventories and scalings; for endpoints Services and Ingresses, too.
            let plain = try await requests("table")
            #expect(plain.count == 4, "\(plain)")
            let wide = try await requests("wide")
            #expect(wide.count == 6, "\(wide)")
        }
    }

    @Test func oneServiceIsToldInDetail() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let broken = try await cluster.deploy("--image", "registry.example.com/demo:typo")
            #expect(broken.code == 1)
            let status = try await cluster.onDemo("status", "demo")
            #expect(status.output.contains("\nService     demo in \(cluster.namespace)\n"), "\(status.output)")
            #expect(status.output.contains("\nReplicas    1 of 1 ready\n"), "\(status.output)")
            #expect(status.output.contains("\nEndpoint    http://demo.\(cluster.namespace).svc:8080\n"))
            let sections = ["\nReplicas:\n", "\nConditions:\n", "\nEvents:\n"]
            let places = sections.map { status.output.firstRange(of: $0)?.lowerBound }
            #expect(places.allSatisfy { $0 != nil } && places.compactMap(\.self) == places.compactMap(\.self).sorted())
            #expect(status.output.contains(/\n  demo-\S+ +ready +0 restarts +\S+ +\S+\n/), "\(status.output)")
            #expect(status.output.contains(/\n  Deployment\/demo +Available=True +\S+ +\S/), "\(status.output)")
            #expect(status.output.contains(/\n  \S+ ago +warning +Pod\/demo-\S+ +Failed:/), "\(status.output)")

            let data = try await cluster.onDemo("status", "demo", "-o", "json").document()
            let item = try #require(data["items"]?.sequence?.first)
            #expect(item["replicas"] == ["desired": 1, "ready": 1])
            #expect(item["conditions"]?.sequence?.contains { $0["type"]?.string == "Available" } == true)
            #expect(item["events"]?.sequence?.contains { $0["type"]?.string == "Warning" } == true)
        }
    }

    @Test func theCauseOfWhatIsWrongIsToldWithItsLine() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy("--image", "registry.example.com/demo:typo").code == 1)
            let status = try await cluster.onDemo("status", "demo")
            #expect(status.output.contains("there is no image `registry.example.com/demo:typo`"), "\(status.output)")
            #expect(status.output.contains("--image: error: "), "\(status.output)")
            let item = try await cluster.onDemo("status", "demo", "-o", "json").document()["items"]?.sequence?.first
            #expect(item?["problem"]?["code"]?.string == "service.unhealthy", "\(status.output)")
        }
    }

    /// A server that restarts must not end what somebody leaves running.
    @Test func aWatchGoesOnAfterALookThatFails() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let proxy = try await FaultProxy.start(before: cluster.plane)
            try await proxy.obey(.init("status:403", method: "GET", path: "/deployments", skip: 1, times: 1))
            let watched = try await cluster.sandbox.run(
                [
                    "status", "--watch", "--provider", "onprem", "--namespace", cluster.namespace, "--kubeconfig",
                    proxy.kubeconfig,
                ]) { $0.ranges(of: "│ demo ").count >= 4 }
            #expect(try await proxy.requests().count { $0.fault == "status:403" } == 1)
            // What was known stays, with what is wrong; then it is right again.
            #expect(watched.error.ranges(of: "error:").count == 1, "\(watched.error)")
            #expect(watched.output.split(separator: "Service Status:").count >= 3, "\(watched.output)")
            #expect(watched.output.split(separator: "│ demo ").count >= 4, "\(watched.output)")
        }
    }

    @Test func driftIsToldAsData() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            let calm = try await cluster.onDemo("drift", "-o", "json").document()
            #expect(calm["kind"]?.string == "DriftList")
            #expect(calm["items"]?.sequence?.map { $0["drifted"]?.bool } == [false])
            let theirs: Node = [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": ["name": "demo", "namespace": .string(cluster.namespace)], "spec": ["replicas": 2],
            ]
            _ = try await cluster.api.apply(.deployment, theirs, .init(takesOwnership: true, manager: "night-shift"))
            let found = try await cluster.onDemo("drift", "demo", "--exit-code", "-o", "json")
            #expect(found.code == 3)
            let item = try #require(try await found.document()["items"]?.sequence?.first)
            #expect(item["service"]?.string == "demo" && item["namespace"]?.string == cluster.namespace)
            #expect(item["drifted"]?.bool == true && item["revision"]?.integer == 1)
            let object = try #require(item["objects"]?.sequence?.first)
            #expect(object["kind"]?.string == "Deployment" && object["drift"]?.string == "changed")
            let field = try #require(object["fields"]?.sequence?.first)
            #expect(field["path"]?.string == "spec.replicas")
            #expect(field["deployed"]?.integer == 1 && field["live"]?.integer == 2)
            #expect(field["author"]?["manager"]?.string == "night-shift")
            #expect(field["author"]?["time"]?.string?.hasSuffix("Z") == true)
            #expect(field["origin"]?["file"]?.string == "demo.yaml")
        }
    }
}

/// `status --watch` on a terminal.
@Suite struct StatusWatchTests {
    @Test func aTerminalIsKeptUpToDateInPlace() async throws {
        try await Sandbox.with { sandbox in
            #expect(try await sandbox.run(["deploy"] + ProgressTests.demo).code == 0)
            async let watched = Terminal.run(
                sandbox, ["status", "--watch", "-o", "wide"], columns: 160, marking: "│ 1/1 ", until: "│ 2/2 ")
            try await eventually { Terminal.isMarked(in: sandbox) }
            #expect(try await sandbox.run("scale", "--service", "demo", "--replicas", "2").code == 0)
            let terminal = try await watched
            // It was told to stop.
            #expect(terminal.code == 130)
            func shows(_ text: String) -> (([String]) -> Bool) { { $0.contains { $0.contains("│ \(text) ") } } }
            let first = try #require(terminal.frames.firstIndex(where: shows("1/1")))
            let last = try #require(terminal.frames.lastIndex(where: shows("2/2")))
            #expect(first < last)
            for frame in terminal.frames.drop(while: { $0.allSatisfy(\.isEmpty) }) {
                #expect(frame.count { $0.hasPrefix("Service Status:") } == 1, "\(frame)")
                #expect(frame.count { $0.hasPrefix("│ demo ") } <= 1, "\(frame)")
            }
            #expect(terminal.screen.count { $0.hasPrefix("│ demo ") } == 1, "\(terminal.screen)")
        }
    }

    @Test func withoutATerminalEachLookFollowsTheLast() async throws {
        try await Sandbox.with { sandbox in
            #expect(try await sandbox.run(["deploy"] + ProgressTests.demo).code == 0)
            let watched = try await sandbox.run(["status", "--watch"]) { $0.ranges(of: "Service Status:").count >= 2 }
            #expect(watched.output.split(separator: "Service Status:").count >= 2, "\(watched.output)")
            #expect(!watched.output.contains("\u{1B}"))
        }
    }
}
