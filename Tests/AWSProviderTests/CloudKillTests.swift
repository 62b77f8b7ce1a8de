import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel
import TestSupport
import Testing

/// A deployment to AWS that ends before any of its writes, and is run again.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudKillTests {
    enum Scenario: String, Sendable, CaseIterable {
        case create
        case replace
        case destroy
    }

    private static let layer = "storage: {enabled: true, storage_class: null, cdn_enabled: true}\n"
    private static let other = layer + "scheduling: {node_pool: {instance_types: [r7i.xlarge]}}\n"

    private func prepare(_ scenario: Scenario, _ service: CloudService) async throws {
        if scenario != .create { try await service.deploy(Self.layer) }
    }

    private func run(_ scenario: Scenario, _ service: CloudService, _ line: Line = Line()) async throws {
        let provider = try service.provider(line)
        switch scenario {
        case .create: try await service.deploy(Self.layer, with: provider)
        case .replace: try await service.deploy(Self.other, with: provider)
        case .destroy: try await service.destroy(deleteData: true, with: provider)
        }
    }

    @Test(arguments: Scenario.allCases)
    func whatWasCutOffAnywhereIsCompletedByTheNextRun(of scenario: Scenario) async throws {
        let server = try await AWSServer()
        var expected: [String] = []
        var writes = 0
        try await CloudService.with(server: server) { service in
            try await prepare(scenario, service)
            let line = Line()
            try await run(scenario, service, line)
            writes = line.writes
            expected = try await server.snapshot()
            if scenario != .destroy { try await service.destroy(deleteData: true) }
        }
        #expect(writes > 5)
        for write in Self.points(of: writes) {
            try await CloudService.with(server: server) { service in
                try await prepare(scenario, service)
                try? await run(scenario, service, Line(cutBefore: write))
                try await service.forgetLock()
                do {
                    try await run(scenario, service)
                } catch let problem as Diagnostic where scenario == .destroy && problem.code == .unknownService {
                    // There was nothing left to do but to free the lock.
                }
                #expect(try await server.snapshot() == expected, "\(scenario) before write \(write)")
                if scenario != .destroy { try await service.destroy(deleteData: true) }
                #expect(try await server.snapshot() == Self.nothing)
            }
        }
    }

    @Test func whatWasCutOffWhileItWasMadeCanBeRemoved() async throws {
        let server = try await AWSServer()
        var writes = 0
        try await CloudService.with(server: server) { service in
            let line = Line()
            try await run(.create, service, line)
            writes = line.writes
            try await service.destroy(deleteData: true)
        }
        for write in Self.points(of: writes).dropFirst() {
            try await CloudService.with(server: server) { service in
                try? await run(.create, service, Line(cutBefore: write))
                try await service.forgetLock()
                do {
                    try await run(.destroy, service)
                } catch let problem as Diagnostic where problem.code == .unknownService {
                    // It was cut off before it was even recorded.
                }
                #expect(try await server.snapshot() == Self.nothing, "before write \(write)")
            }
        }
    }

    private static let nothing = ["controls 0", "distributions 0", "log groups 0"]

    /// As many as `KILL_POINTS` says, spread over all writes; else five. With `all`, every one.
    private static func points(of writes: Int) -> [Int] {
        let wanted = ProcessInfo.processInfo.environment["KILL_POINTS"]
        let count = wanted == "all" ? writes : min(writes, wanted.flatMap { Int($0) } ?? 5)
        return (0..<count).map { 1 + $0 * (writes - 1) / max(count - 1, 1) }
    }
}
