import ControlPlane
import DeploymentEngine
import Diagnostics
import FoundationEssentials
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// The whole provider before a server that fails by chance, the same way for the same seed.
///
/// Whatever fails, the next run of the same command goes on, until what stands is what would have stood without any
/// fault; nothing but the service is written; and what a person is told is a problem with its code, not a verdict on
/// the service.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct FaultScheduleTests {
    /// `FAULT_SEEDS=40` runs the seeds 1 to 40.
    private static let seeds = 1...(ProcessInfo.processInfo.environment["FAULT_SEEDS"].flatMap { Int($0) } ?? 4)

    private static let gate = Gate(places: 4)

    /// A deployment may end with one of these: the way to the server, the server's refusal, the credential, the lock.
    private static let told: Set<String> = [
        "http.timed-out", "http.invalid-response", "http.unreachable", "http.connection-lost",
        "kubernetes.refused", "kubernetes.unauthorized", "deploy.locked",
    ]

    @Test(arguments: seeds) func faultsByChanceChangeNothingOfWhatStandsInTheEnd(seed: Int) async throws {
        let expected = try await LifeStep.undisturbed.value
        await Self.gate.enter()
        defer { Task { await Self.gate.leave() } }
        let proxy = try await FaultProxy.start(before: ControlPlane.shared())
        // From faults that are seldom seen to those that end every other run.
        let rate = 0.05 * Double(1 + seed % 6)
        let schedule = FaultProxy.Schedule(
            seed: seed, rate: rate,
            kinds: ["reset", "lost", "status:429", "status:500", "status:503", "cut", "slow"],
            writes: ["status:409"], watches: ["status:410", "cut", "cut-clean"], headers: ["Retry-After": "1"])
        try await TestNamespace.with { namespace in
            let bystanders = try await Bystanders.stand(in: namespace)
            try await proxy.obey(schedule)
            for step in LifeStep.allCases {
                try await complete(step, in: namespace, by: proxy.kubeconfig, "seed \(seed)")
                #expect(try await namespace.snapshot() == expected[step], "seed \(seed), \(step)")
            }
            #expect(try await bystanders.areUntouched())
            let requests = try await proxy.requests()
            #expect(requests.contains { $0.fault != nil })
            for request in requests where !namespace.isOfService(request) {
                Issue.record("\(request.method) \(request.path)")
            }
        }
    }

    enum Credential: String, Sendable, CaseIterable {
        case file
        case plugin

        /// The user of a kubeconfig whose token stands in `file`.
        func user(_ file: String) -> String {
            switch self {
            case .file: "tokenFile: \(file)"
            case .plugin:
                "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /bin/sh, "
                    + #"args: [-c, 'printf "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCre"#
                    + #"dential\",\"status\":{\"token\":\"%s\"}}" "$(cat \#(file))"']}"#
            }
        }
    }

    /// A token is good for 40 requests; a deployment has more.
    @Test(arguments: Credential.allCases) func expiredTokensAreRenewed(credential: Credential) async throws {
        let plane = try await ControlPlane.shared()
        let expected = try await LifeStep.undisturbed.value
        let proxy = try await FaultProxy.start(before: plane)
        try await TestNamespace.with { namespace in
            _ = try await Bystanders.stand(in: namespace)
            let file = "\(plane.state)/token-\(credential)"
            try await proxy.obey(.init(requests: 40, token: proxy.token(), file: file))
            let kubeconfig = "\(plane.state)/\(credential).kubeconfig"
            try """
            apiVersion: v1
            kind: Config
            clusters: [{name: test, cluster: {server: "\(proxy.server)"}}]
            users: [{name: test, user: {\(credential.user(file))}}]
            contexts: [{name: test, context: {cluster: test, user: test}}]
            current-context: test
            """.write(toFile: kubeconfig, atomically: false, encoding: .utf8)
            for step in LifeStep.allCases {
                try await step.run(in: namespace, by: namespace.deployer(namespace.provider(by: kubeconfig)))
                #expect(try await namespace.snapshot() == expected[step], "\(step)")
            }
            let tokens = Set(try await proxy.requests().map(\.authorization))
            #expect(tokens.count > 4)
        }
    }

    /// Runs a step as a person does: again when it has failed.
    private func complete(
        _ step: LifeStep, in namespace: TestNamespace, by kubeconfig: String, _ name: String
    ) async throws {
        for attempt in 1...20 {
            let problem: Diagnostic
            do {
                try await step.run(in: namespace, by: namespace.deployer(namespace.provider(by: kubeconfig)))
                return
            } catch let found as Diagnostic {
                problem = found
            } catch let report as DiagnosticReport {
                problem = try #require(report.diagnostics.first)
            }
            // It was done, and the answer lost.
            if step == .destroy, attempt > 1, problem.code == .unknownService { return }
            #expect(Self.told.contains(problem.code.name), "\(name), \(step): \(problem)")
            // As the end of a process leaves it; this one goes on.
            try await namespace.holderIsGone()
        }
        Issue.record("\(name), \(step): 20 attempts were not enough")
    }
}

extension TestNamespace {
    /// Whether a request reads, or writes an object of the service `demo`.
    func isOfService(_ request: FaultProxy.Request) -> Bool {
        if request.method == "GET" || request.query.contains("dryRun=All") { return true }
        if request.path.hasPrefix("/apis/authorization.k8s.io/") || request.path == "/api/v1/namespaces/\(name)" {
            return true
        }
        let parts = request.path.split(separator: "/")
        guard parts.contains("namespaces"), parts.contains(Substring(name)), let last = parts.last else { return false }
        return ["demo", "demo-config", "leases", "synthdata-inventory.demo", "synthdata-lock.demo"].contains(last)
            || last.hasPrefix("synthdata-release.demo.v")
    }
}
