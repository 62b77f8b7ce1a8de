import ControlPlane
import DeploymentEngine
import Diagnostics
import FoundationEssentials
import ServiceModel
import TestSupport
import Testing

/// A life at an AWS that fails by chance, the same way for the same seed: throttled, unavailable, with keys that it
/// calls expired, and with answers that are lost after the work was done.
///
/// Whatever fails, the next run of the same command goes on, until what stands is what would have stood without.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudScheduleTests {
    /// `FAULT_SEEDS=40` runs the seeds 1 to 40.
    private static let seeds = 1...(ProcessInfo.processInfo.environment["FAULT_SEEDS"].flatMap { Int($0) } ?? 3)

    /// What a deployment may end with.
    private static let told: Set<String> = [
        "http.connection-lost", "aws.refused", "aws.denied", "aws.service-fault",
    ]

    private enum Step: CaseIterable {
        case create
        case replace
        case destroy

        func run(_ service: CloudService) async throws {
            let layer = "storage: {enabled: true, storage_class: null, cdn_enabled: true}\n"
            switch self {
            case .create: try await service.deploy(layer)
            case .replace:
                try await service.deploy(layer + "scheduling: {node_pool: {instance_types: [r7i.xlarge]}}\n")
            case .destroy: try await service.destroy(deleteData: true)
            }
        }
    }

    private static let undisturbed = Task<[[String]], any Error> {
        let server = try await AWSServer()
        var all: [[String]] = []
        try await CloudService.with(server: server) { service in
            for step in Step.allCases {
                try await step.run(service)
                all.append(try await server.snapshot())
            }
        }
        return all
    }

    @Test(arguments: seeds) func faultsByChanceChangeNothingOfWhatStandsInTheEnd(seed: Int) async throws {
        let expected = try await Self.undisturbed.value
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            for (step, standing) in zip(Step.allCases, expected) {
                // From faults that are seldom seen to those that end every other run.
                try await server.fail(0.02 * Double(1 + seed % 6), seed: seed)
                try await complete(step, service, "seed \(seed)")
                try await server.fail(0, seed: seed)
                let found = try await server.snapshot()
                #expect(found == standing, "seed \(seed), \(step)")
            }
        }
    }

    /// Runs a step as a person does: again when it has failed.
    private func complete(_ step: Step, _ service: CloudService, _ name: String) async throws {
        for attempt in 1...30 {
            let problem: Diagnostic
            do {
                return try await step.run(service)
            } catch let found as Diagnostic {
                problem = found
            } catch let report as DiagnosticReport {
                problem = try #require(report.diagnostics.first)
            }
            // It was done, and the answer lost.
            if step == .destroy, attempt > 1, problem.code == .unknownService { return }
            #expect(Self.told.contains(problem.code.name), "\(name), \(step): \(problem)")
        }
        Issue.record("\(name), \(step): 30 attempts were not enough")
    }
}
