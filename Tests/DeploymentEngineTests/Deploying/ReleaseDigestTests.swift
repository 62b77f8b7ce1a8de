import Diagnostics
import Documents
import ServiceModel
import Testing

@Suite struct ReleaseDigestTests {
    private func release(_ change: (inout Release) -> Void = { _ in }) throws -> Release {
        let manifest: Node = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "demo"], "data": ["a": "1"],
        ]
        var release = Release(
            service: ServiceIdentity(name: try ServiceName("demo"), namespace: "shop"), dataType: .tabular,
            provider: .onprem, environment: .production, version: "1", reason: "deploy",
            resources: [try #require(Resource(manifest: manifest))])
        change(&release)
        return release
    }

    @Test func whoRecordedItWhenAndFromWhichLinesDoesNotCount() throws {
        let other = try release {
            $0.revision = 7
            $0.status = .deployed
            $0.reason = "rollback to revision 3"
            $0.created = 1_700_000_000
            $0.record = "a record"
            $0.cluster = ClusterPin(uid: "one", location: .unknown)
        }
        let line = SourceLocation(file: SourceFile("a.yaml"), line: 3, column: 1)
        #expect(try other.digest == release { $0.cluster = ClusterPin(uid: "one", location: line) }.digest)
    }

    private enum Change: CaseIterable { case objects, replicas, cluster, history }

    @Test(arguments: Change.allCases)
    private func whatIsWantedDoes(change: Change) throws {
        let other = try release { release in
            switch change {
            case .objects: release.resources = []
            case .replicas: release.scaleOverride = ScaleOverride(replicas: 3)
            case .cluster: release.cluster = ClusterPin(uid: "one", location: .unknown)
            case .history: release.historyLimit = 3
            }
        }
        #expect(try other.digest != release().digest)
    }
}
