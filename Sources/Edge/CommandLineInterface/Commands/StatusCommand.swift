import ArgumentParser
import Diagnostics
import ServiceModel
import SynthDataInfra
import TerminalUI

struct StatusCommand: FollowingCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what services are doing.",
        discussion: """
            With names: in detail, with replicas, conditions, recent events and the cause of what is wrong. \
            `-o wide` adds provider, environment, replicas, version, endpoint and age.

            In a cluster, throughput is asked of Prometheus where monitoring.prometheus.url names one, else of up \
            to 100 replicas themselves; CPU and memory are shares of what is granted, where the cluster serves \
            metrics.k8s.io.
            """)

    @Argument(help: "Names of the services; none means all.", completion: ServiceCompletion.services)
    var names: [String] = []

    @Flag(help: "Go on showing the state until interrupted (Ctrl-C).")
    var watch = false

    @Flag(help: "Ask the clusters of all contexts of the kubeconfig; one that does not answer is listed, too.")
    var allContexts = false

    @OptionGroup(title: "Target") var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run(in root: CompositionRoot) async throws {
        let kind = allContexts ? try clusterKind() : try target.providerKind()
        let presenter = StatusPresenter(root.console, output.format ?? .table, kind)
        let page: @Sendable () async throws -> StatusPage
        if allContexts {
            let contexts = try root.contexts(kubeconfig: target.cluster.kubeconfig)
            page = { try await self.page(of: contexts, kind, root) }
        } else {
            page = try await self.page(at: root.at(target.choice()))
        }
        var shown = try await page()
        presenter.print(shown, replacing: watch)
        while watch {
            try await Task.sleep(for: .seconds(2))
            do {
                shown = try await page()
            } catch let problem as Diagnostic {
                // A server that restarts must not end what somebody leaves running.
                shown.problems = [problem]
            }
            presenter.print(shown, replacing: true)
        }
        if let outcome = DiagnosticReport(shown.problems).worst { throw OutcomeError(outcome: outcome) }
    }

    private func clusterKind() throws -> ProviderKind {
        let kind = target.provider == nil ? .onprem : try target.providerKind()
        let only: (flag: String, why: String)? =
            kind == .local
            ? ("--provider", "this machine is in no kubeconfig")
            : target.cluster.context == nil ? nil : ("--context", "it chooses one of them")
        if let only {
            throw Diagnostic(
                .error, .allContexts, "--all-contexts does not go with this",
                at: SourceLocation(file: SourceFile(only.flag)), why: only.why, fix: "leave out one of the two")
        }
        return kind
    }

    private func page(at root: CompositionRoot) async throws -> @Sendable () async throws -> StatusPage {
        let provider = try root.provider(target.providerKind())
        guard !names.isEmpty else {
            return {
                let found = try await provider.statuses(in: target.namespace, withEndpoints: showsEndpoints)
                return StatusPage(place: provider.place, rows: found.map { .init(context: nil, status: $0) })
            }
        }
        var services: [ServiceIdentity] = []
        for name in names { services.append(try await target.service(named: name, at: provider)) }
        let named = services
        return {
            var page = StatusPage(place: provider.place)
            for service in named {
                guard let inspection = try await provider.inspect(service) else { continue }
                page.rows.append(.init(context: nil, status: inspection.status, inspection: inspection))
            }
            return page
        }
    }

    private func page(
        of contexts: [String], _ kind: ProviderKind, _ root: CompositionRoot
    ) async throws -> StatusPage {
        let found = try await root.statuses(
            of: kind, in: contexts, at: target.cluster.choice, namespace: target.namespace,
            withEndpoints: showsEndpoints)
        return StatusPage(
            rows: found.flatMap { cluster in
                wanted(cluster.statuses).map { .init(context: cluster.context, status: $0) }
            },
            unreachable: found.filter { !$0.problems.isEmpty }.map { ($0.context, $0.problems) },
            problems: found.flatMap(\.problems))
    }

    private func wanted(_ statuses: [ServiceStatus]) -> [ServiceStatus] {
        statuses.filter { names.isEmpty || names.contains($0.service.name.value) }
    }

    /// The plain table has none, and to find them takes time.
    private var showsEndpoints: Bool { [.wide, .json, .yaml].contains(output.format) }
}

extension DiagnosticReport {
    /// Nil where nothing is an error.
    fileprivate var worst: Outcome? {
        diagnostics.filter { $0.severity == .error }.map(\.code.outcome).max()
    }
}

extension Diagnostic.Code {
    static let allContexts = Self("usage.all-contexts")
}
