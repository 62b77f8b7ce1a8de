import Diagnostics
import ServiceModel
import TerminalUI
import Testing

@testable import CommandLineInterface

/// What stands in each cell of the table, and how long what `scale` set still holds.
@Suite struct StatusTableTests {
    private func status(
        _ name: String = "demo", in namespace: String = "team", state: ServiceStatus.State = .healthy,
        rate: Double? = nil, problem: String? = nil, cpu: Double? = nil, gpu: Double? = nil, endpoint: String? = nil,
        scale: ScaleOverride? = nil
    ) throws -> ServiceStatus {
        ServiceStatus(
            service: ServiceIdentity(name: try ServiceName(name), namespace: namespace), dataType: .timeSeries,
            provider: .onprem, environment: .staging, version: "1.2", revision: 3, state: state, cause: nil,
            desiredReplicas: 3, readyReplicas: 2, replicas: [], scaleOverride: scale, recordsPerHour: rate,
            throughputProblem: problem, cpuUsage: cpu, memoryUsage: nil, gpuUsage: gpu, endpoint: endpoint, created: 0)
    }

    private func cells(_ statuses: [ServiceStatus], isWide: Bool = false) -> [[String]] {
        let page = StatusPage(rows: statuses.map { .init(context: nil, status: $0) })
        let table = StatusTable(page, isWide: isWide).table
        return [table.header] + table.rows.map { $0.map(\.text) }
    }

    @Test func aCellIsADashWhereNothingIsKnown() throws {
        #expect(
            cells([try status()]) == [
                ["Service", "Type", "Status", "Throughput", "Resources"], ["demo", "time_series", "healthy", "—", "—"],
            ])
    }

    @Test(arguments: [
        (1_200_000.0, 0.25, nil as Double?, ["1.2M/hour", "25% CPU"]), (0, 1.006, nil, ["0/hour", "101% CPU"]),
        (310_000, 0.9, 0.5, ["310K/hour", "50% GPU"]),
    ])
    func amountsAreRounded(rate: Double, cpu: Double, gpu: Double?, expected: [String]) throws {
        #expect(Array(cells([try status(rate: rate, cpu: cpu, gpu: gpu)])[1].suffix(2)) == expected)
    }

    @Test func aWideTableHasTheRest() throws {
        let rows = cells([try status(endpoint: "http://demo"), try status("other")], isWide: true)
        #expect(
            rows[0].suffix(6) == ["Provider", "Environment", "Replicas", "Version", "Endpoint", "Age"])
        #expect(rows[1][5...9] == ["onprem", "staging", "2/3", "1.2", "http://demo"])
        #expect(rows[2][9] == "—")
    }

    @Test func aColumnTellsNamespacesApart() throws {
        let rows = cells([try status(), try status(in: "team-b")])
        #expect(rows.map { $0[0] } == ["Namespace", "team", "team-b"])
        #expect(rows.map { $0[1] } == ["Service", "demo", "demo"])
        #expect(cells([try status(), try status("other")])[0][0] == "Service")
    }

    @Test func aContextThatDoesNotAnswerHasADashInEveryOtherCell() throws {
        let page = StatusPage(
            rows: [
                .init(context: "a", status: try status()), .init(context: "b", status: try status(in: "team-b")),
            ], unreachable: [("c", [])])
        let table = StatusTable(page, isWide: false).table
        #expect(table.header == ["Context", "Namespace", "Service", "Type", "Status", "Throughput", "Resources"])
        #expect(table.rows.map { $0.map(\.text) }.last == ["c", "—", "—", "—", "unreachable", "—", "—"])
    }

    @Test func aMissingRightIsToldBesideTheDash() throws {
        let detail = StatusDetail(
            ServiceInspection(status: try status(problem: "you lack a right")), style: .plain, width: nil)
        #expect(detail.lines.contains("Throughput  — (you lack a right)"), "\(detail.lines)")
    }

    // MARK: The time left

    private static let now = 1_000_000

    @Test(arguments: [
        (ProviderKind.onprem, 7_140, "1h59m left", "for another 1h59m; then", " --provider onprem --namespace team"),
        (.local, 90, "1m30s left", "for another 1m30s; then", ""),
        (.onprem, 0, "expired", "which expired 0s ago;", " --provider onprem --namespace team"),
        (.local, -120, "expired", "which expired 2m ago;", ""),
    ])
    func theTimeLeftIsToldWithWhatEndsIt(
        provider: ProviderKind, left: Int, brief: String, standing: String, place: String
    ) throws {
        let scale = ScaleOverride(
            replicas: 4, expires: Self.now + left, configured: .between(minimum: 2, maximum: 10))
        let words = ScaleWords(scale, of: try status().service, at: provider, now: Self.now)
        #expect(words.brief == brief)
        let comma = left > 0 ? "" : ","
        #expect(
            words.standing == "scaled to 4 replicas\(comma) \(standing) `synthdata-infra scale --expire --service demo"
                + "\(place)` or the next deploy goes back to 2 to 10")
    }

    @Test func whatStaysHasNoTimeLeft() throws {
        let words = ScaleWords(
            ScaleOverride(replicas: 1, configured: .fixed(3)), of: try status().service, at: .onprem, now: Self.now)
        #expect(words.brief == nil && words.standing == nil)
        #expect(words.lasting == "scaled to 1 replica, until a deploy names --replicas; 3 configured")
    }
}
