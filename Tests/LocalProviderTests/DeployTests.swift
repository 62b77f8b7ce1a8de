import Diagnostics
import Documents
import Glibc
import ServiceModel
import Testing

@testable import LocalProvider

@Suite struct DeployTests {
    @Test func deploysServesAndStopsARealProcess() async throws {
        try await Scratch.with { scratch in
            let applied = try await scratch.deploy(scratch.manifest(replicas: 2, env: ["TAG": "one"]))
            let endpoint = try #require(applied.endpoint)
            let answer = try HTTPClient.get(endpoint, "/").json
            #expect(answer?["tag"] == "one")
            let status = try #require(try await scratch.status())
            #expect(status.state == .healthy)
            #expect(status.readyReplicas == 2)
            #expect(status.endpoint == endpoint)
            #expect(applied.monitoringURL == "\(endpoint)/metrics")
            #expect(scratch.processes.count == 2)

            let again = try await scratch.provider.plan(
                scratch.release(scratch.manifest(replicas: 2, env: ["TAG": "one"])), deleteData: false)
            #expect(again.changes.map(\.action) == [.unchanged])
            #expect(!again.hasChanges)

            try await scratch.deploy(nil)
            #expect(scratch.processes.isEmpty)
            #expect(try await scratch.status() == nil)
            #expect(throws: HTTPClient.Failure.self) { try HTTPClient.get(endpoint, "/") }
        }
    }
}
