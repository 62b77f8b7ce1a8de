import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import Testing

/// How far `scale --to` scales, and what records of overrides say.
@Suite struct ScaleEstimateTests {
    private func status(_ recordsPerHour: Double?, ready: Int, over seconds: Int = 300) throws -> ServiceStatus {
        ServiceStatus(
            service: ServiceIdentity(name: try ServiceName("demo"), namespace: "synthdata"), dataType: .image,
            provider: .onprem, environment: .production, version: "1", revision: 1, state: .healthy, cause: nil,
            desiredReplicas: ready, readyReplicas: ready, replicas: [], recordsPerHour: recordsPerHour,
            throughputWindow: TimeSpan(seconds: seconds), cpuUsage: nil, memoryUsage: nil, gpuUsage: nil,
            endpoint: nil, created: 0)
    }

    @Test(arguments: [
        ("1.2M/hour", 930_000.0, 3, nil, 4, "310K/hour a replica over the last 5m x 4 = 1.24M/hour"),
        ("1.2M/hour", 300_000, 1, nil, 4, "300K/hour a replica over the last 5m x 4 = 1.2M/hour"),
        ("100/hour", 99, 2, nil, 3, "49.5/hour a replica over the last 5m x 3 = 149/hour"),
        ("1/second", 360_000, 1, nil, 1, "360K/hour a replica over the last 5m x 1 = 360K/hour"),
        (
            "1/second", 360_000, 1, ScaleOverride.Replicas.between(minimum: 2, maximum: 5), 2,
            "360K/hour a replica over the last 5m x 2 = 720K/hour; the autoscaler's minimum is more than the 1 that it"
                + " takes"
        ),
    ])
    func multipliesWhatOneReplicaMakes(
        target: String, total: Double, ready: Int, bounds: ScaleOverride.Replicas?, replicas: Int, words: String
    ) throws {
        let estimate = try ScaleEstimate(#require(Rate(target)), status(total, ready: ready), bounds: bounds)
        #expect(estimate.replicas == replicas)
        #expect(estimate.explanation == words)
    }

    @Test(arguments: [
        ("unknown", nil, 2, nil, "scale.no-throughput"), ("nothing", 0, 2, nil, "scale.no-throughput"),
        ("no replica", 100.0, 0, nil, "scale.no-throughput"), ("far too much", 0.001, 1, nil, "scale.out-of-bounds"),
        (
            "more than may be", 100_000, 1, ScaleOverride.Replicas.between(minimum: 1, maximum: 3),
            "scale.out-of-bounds"
        ),
    ])
    func saysWhyItCannot(
        name: String, total: Double?, ready: Int, bounds: ScaleOverride.Replicas?, code: String
    ) throws {
        let problem = try #require(throws: Diagnostic.self) {
            try ScaleEstimate(Rate(perHour: 1_000_000), status(total, ready: ready), bounds: bounds)
        }
        #expect(problem.code.name == code)
        #expect(problem.fix?.isEmpty == false)
    }

    @Test func recordsOfOlderVersionsAreRead() throws {
        let text = """
            {apiVersion: synthdata.io/v1, kind: Release, metadata: {name: demo, namespace: n, revision: 3,
             status: deployed, reason: scale, created: 1}, spec: {type: image, provider: onprem,
             environment: production, version: "1", scaleOverride: 5, historyLimit: 10, resources: []}}
            """
        let release = try Release(document: YAMLParser.parseOne(text, file: SourceFile("old.json")))
        #expect(release.scaleOverride == ScaleOverride(replicas: 5))
        #expect(release.scaleOverride(at: .max)?.replicas == 5)
    }

    @Test func anEndIsTheFirstSecondThatItNoLongerHolds() {
        let override = ScaleOverride(replicas: 5, expires: 100, lasting: 3, configured: .fixed(2))
        #expect(override.effective(at: 99) == override)
        #expect(override.timeLeft(at: 99) == TimeSpan(seconds: 1))
        #expect(override.effective(at: 100) == ScaleOverride(replicas: 3, configured: .fixed(2)))
        #expect(override.successor == .fixed(3))
        #expect(ScaleOverride(replicas: 5, expires: 100, configured: .fixed(2)).effective(at: 100) == nil)
    }
}
