import ControlPlane
import DeploymentEngine
import Documents
import FoundationEssentials
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Testing

/// The built program, killed with SIGKILL at one of its requests, and run again.
///
/// A proxy holds the request while the program is killed, and then drops it, or hands it on to an API server that does
/// not know that nobody waits for its answer any more.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ProcessKillTests {
    enum Scenario: String, Sendable, CaseIterable {
        case create
        case update
        case prune
        case rollback
        /// The new release is doomed, and the old one comes back.
        case rollbackOnFailure

        /// What stands before.
        var preparation: [[String]] {
            let first = Tool.deploy("a") + Tool.ingress
            return switch self {
            // What the server serves is then known.
            case .create: [["diff"] + Tool.deploy("a").dropFirst()]
            case .update, .prune, .rollbackOnFailure: [first]
            case .rollback: [first, Tool.deploy("b")]
            }
        }

        var command: [String] {
            switch self {
            case .create: Tool.deploy("a") + Tool.ingress
            case .update: Tool.deploy("b") + Tool.ingress
            case .prune: Tool.deploy("b")
            case .rollback: ["rollback", "demo", "--to-revision", "1"]
            case .rollbackOnFailure:
                Tool.deploy("b", "--image", "registry.example.com/demo:typo", "--rollback-on-failure") + Tool.ingress
            }
        }

        var code: Int32 { self == .rollbackOnFailure ? 1 : 0 }
    }

    private struct Point: Sendable, CustomStringConvertible {
        /// Counted from 1.
        let request: Int
        let isAfter: Bool

        var description: String { "\(isAfter ? "after" : "before") request \(request)" }
    }

    /// As many as `KILL_POINTS` says, spread over all requests, and before or after them in turn; else four. With `all`,
    /// before and after every one.
    private static func points(_ requests: Int) -> [Point] {
        let wanted = ProcessInfo.processInfo.environment["KILL_POINTS"]
        if wanted == "all" {
            return (1...requests).flatMap { [Point(request: $0, isAfter: false), Point(request: $0, isAfter: true)] }
        }
        let count = wanted.flatMap { Int($0) } ?? 4
        return (1...count).map { Point(request: max(1, requests * $0 / count - $0 % 2), isAfter: $0 % 2 == 0) }
    }

    @Test(arguments: Scenario.allCases)
    func aProgramThatIsKilledIsCompletedByItsNextRun(scenario: Scenario) async throws {
        let proxy = try await FaultProxy.start(before: ControlPlane.shared())
        let (expected, requests) = try await undisturbed(scenario, proxy)
        #expect(requests > 20)
        let points = Self.points(requests)
        var kills = 0
        for point in points {
            try await TestNamespace.with { namespace in
                let tool = Tool(kubeconfig: proxy.kubeconfig, namespace: namespace.name)
                let bystanders = try await prepare(scenario, namespace, tool)
                try await proxy.forget()
                try await proxy.obey(.init("hold", skip: point.request - 1, times: 1))
                let ended = try await tool.run(scenario.command) { process in
                    while try await !proxy.holds(within: 0.2) { if process.hasEnded() { return } }
                    try process.kill()
                    try await proxy.release(passing: point.isAfter)
                }
                try await proxy.obey()
                if ended.code == 137 {
                    kills += 1
                } else {
                    // This run had fewer requests than the undisturbed one, and nothing happened to it.
                    let sent = try await proxy.requests().count
                    #expect(sent < point.request, "\(scenario) \(point) was not held")
                    #expect(ended.code == scenario.code, "\(scenario) \(point): \(ended.error)")
                }
                let again = try await tool.run(scenario.command)
                #expect(again.code == scenario.code, "\(scenario) \(point): \(again.error)")
                let difference = try await namespace.snapshot().difference(from: expected)
                #expect(difference.isEmpty, "\(scenario) \(point): \(difference)")
                #expect(try await bystanders.areUntouched(), "\(scenario) \(point)")
            }
        }
        // How many requests a run has differs a little, by how often it looks: the last points may lie behind its end.
        #expect(kills > points.count * 2 / 3, "\(scenario): \(kills) of \(points.count)")
    }

    private func prepare(
        _ scenario: Scenario, _ namespace: TestNamespace, _ tool: Tool
    ) async throws -> Bystanders {
        let bystanders = try await Bystanders.stand(in: namespace)
        for command in scenario.preparation {
            let ended = try await tool.run(command)
            try #require(ended.code == 0, "\(ended.error)")
        }
        return bystanders
    }

    /// What stands when nothing is killed, and after how many requests.
    private func undisturbed(_ scenario: Scenario, _ proxy: FaultProxy) async throws -> ([String], Int) {
        var outcome: ([String], Int) = ([], 0)
        try await TestNamespace.with { namespace in
            let tool = Tool(kubeconfig: proxy.kubeconfig, namespace: namespace.name)
            let bystanders = try await prepare(scenario, namespace, tool)
            try await proxy.forget()
            let ended = try await tool.run(scenario.command)
            #expect(ended.code == scenario.code, "\(ended.error)")
            outcome = (try await namespace.snapshot(), try await proxy.requests().count)
            #expect(try await bystanders.areUntouched())
        }
        return outcome
    }
}

extension LockTests {
    /// As pipelines do that were started at once.
    @Test func tenProcessesAtOnceTakeTurnsAndNoneIsLost() async throws {
        try await TestNamespace.with { namespace in
            let proxy = try await FaultProxy.start(before: ControlPlane.shared())
            let tool = Tool(kubeconfig: proxy.kubeconfig, namespace: namespace.name)
            try await withThrowingTaskGroup(of: (Int, Tool.Ended).self) { group in
                for turn in 0..<10 {
                    group.addTask { (turn, try await tool.run(Tool.deploy("\(turn)", "--lock-timeout", "30m"))) }
                }
                for try await (turn, ended) in group { #expect(ended.code == 0, "\(turn): \(ended.error)") }
            }
            let expected = (1...10).map { "\($0) \($0 == 10 ? "deployed" : "superseded")" }.joined(separator: ", ")
            #expect(try await namespace.history() == expected)
            let releases = try await namespace.provider().provider.releases.releases(of: namespace.service())
            #expect(Set(releases.map(\.version)) == Set((0..<10).map { "\($0)" }))
            // Each one records that it begins, changes the Deployment, records that it is done, and that the one before
            // it is so no more; nobody else does anything in between.
            let steps = try await proxy.requests().filter { $0.method == "PATCH" && !$0.query.contains("dryRun=All") }
                .compactMap { request -> String? in
                    if request.path.hasSuffix("/deployments/demo") { return "deployment" }
                    let parts = request.path.split(separator: "/synthdata-release.demo.v")
                    return parts.count == 2 ? "release \(parts[1])" : nil
                }
            let turns = (1...10).flatMap { turn in
                ["release \(turn)", "deployment", "release \(turn)"] + (turn > 1 ? ["release \(turn - 1)"] : [])
            }
            #expect(steps == turns)
            let last = try #require(releases.last)
            let live = try await namespace.live(.deployment, "demo")
            #expect(
                live?.value("spec", "template", "metadata", "annotations", "version")?.string == last.version)
        }
    }
}
