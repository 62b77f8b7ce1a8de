import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel
import Synchronization
import Testing

@testable import KubernetesProvider

/// What the services of a fleet share, where not all goes well.
@Suite struct FleetLookTests {
    /// Answers each request with the next of its answers, and all later ones with the last.
    private final class Script: HTTPClient {
        private let answers: Mutex<[(Int, String)]>
        private let asked = Mutex(0)

        init(_ answers: (Int, String)...) { self.answers = Mutex(answers) }

        var count: Int { asked.withLock(\.self) }

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            asked.withLock { $0 += 1 }
            let (status, body) = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            return HTTPResponse(status: status, headers: [:], body: Array(body.utf8))
        }

        func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
            let response = try await send(request)
            return HTTPResponseStream(
                status: response.status, headers: [:], body: HTTPBody { () throws(HTTPError) in nil })
        }
    }

    private static let nothing = (200, #"{"kind": "List", "metadata": {"resourceVersion": "1"}, "items": []}"#)
    private static let failure = (500, "")

    private func services() throws -> [ServiceIdentity] {
        try ["a", "b", "c"].map { ServiceIdentity(name: try ServiceName($0), namespace: "shop") }
    }

    private func look(_ script: Script, life: Duration = .seconds(30)) throws -> FleetLook {
        let api = KubernetesAPI(script, server: HTTPURL(host: "a"))
        let cluster = Cluster(
            api: api, discovery: Discovery(api, server: "https://a", cacheFolder: nil), name: "test")
        let store = SecretReleaseStore(
            cluster: cluster, partSize: SecretReleaseStore.standardPartSize, mayWrite: { _ in }, warn: { _ in })
        return FleetLook(api: api, store: store, life: life)
    }

    @Test func whatFailedOnceIsAskedForAgain() async throws {
        // A list that fails, one that is answered, the names of others that fail, and are answered.
        let script = Script(Self.failure, Self.nothing, Self.failure, Self.nothing)
        let look = try look(script)
        _ = look.begins(try #require(try services().first))
        for _ in 0..<2 {
            await #expect(throws: APIStatus.self) {
                _ = try await look.get(.configMap, namespace: "shop", name: "a-config")
            }
        }
        #expect(try await look.get(.configMap, namespace: "shop", name: "a-config") == nil)
        #expect(try await look.get(.configMap, namespace: "shop", name: "b-config") == nil)
        #expect(script.count == 4)
    }

    @Test func releasesThatCouldNotBeListedAreListedAgain() async throws {
        let look = try look(Script(Self.failure, Self.nothing))
        let release = try release()
        await #expect(throws: APIStatus.self) { _ = try await look.releases(for: release) }
        #expect(try await look.releases(for: release)?.isEmpty == true)
    }

    /// What is recorded of a release besides what it wants, and whether it has to be read for a plan.
    @Test(arguments: [
        ("deployed", "the same", 1, 1), ("deployed", "another", 1, 2), ("failed", "the same", 1, 2),
        ("pending", "the same", 1, 2), ("deployed", "the same", 2, 2),
    ])
    func onlyWhatIsKnownToWantTheSameIsNotRead(status: String, digest: String, count: Int, requests: Int) async throws {
        let release = try release()
        let marks = (1...count).map { revision in
            """
            {"metadata": {"name": "synthdata-release.a.v\(revision)", "uid": "u\(revision)",
              "labels": {"synthdata.io/service": "a", "synthdata.io/revision": "\(revision)",
                "synthdata.io/status": "\(status)"},
              "annotations": {"synthdata.io/digest": "\(digest == "the same" ? release.digest : "0")"}}}
            """
        }
        let list = """
            {"kind": "List", "metadata": {"resourceVersion": "1"}, "items": [\(marks.joined(separator: ", "))]}
            """
        let script = Script((200, list), Self.nothing)
        let found = try await look(script).releases(for: release)
        #expect(script.count == requests)
        if requests == 1 {
            let known = try #require(found?.first)
            #expect(known.revision == 1 && known.status == .deployed && known.record == "u1")
            #expect(known.resources.map(\.manifest) == release.resources.map(\.manifest))
        }
    }

    private func release() throws -> Release {
        let manifest: Node = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a-config"]]
        return Release(
            service: try #require(try services().first), dataType: .tabular, provider: .onprem,
            environment: .production, version: "1", reason: "deploy",
            resources: [try #require(Resource(manifest: manifest))])
    }

    @Test(arguments: [(Duration.zero, 2), (.seconds(3600), 1)])
    func whatChangesIsFoundOutAgain(life: Duration, times: Int) async throws {
        let look = try look(Script(Self.nothing), life: life)
        let counts = Mutex((changing: 0, lasting: 0))
        for service in try services().prefix(2) {
            _ = look.begins(service)
            _ = try await look.once("room", changes: true) { counts.withLock { $0.changing += 1 } }
            _ = try await look.once("version") { counts.withLock { $0.lasting += 1 } }
        }
        let (changing, lasting) = counts.withLock(\.self)
        #expect(changing == times)
        #expect(lasting == 1)
    }

    /// Whoever may not watch is not kept waiting for each service anew.
    @Test func nothingIsWaitedForThatCannotBeWatched() async throws {
        let look = try look(Script((403, "")))
        let manifest: Node = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "a", "namespace": "shop"],
        ]
        let object = DesiredObject(try #require(Resource(manifest: manifest)), as: .deployment)
        let start = ContinuousClock.now
        // To wait for each would take a minute.
        for _ in 0..<12 { #expect(await look.settled(object, since: manifest) == nil) }
        #expect(ContinuousClock.now - start < .seconds(30))
    }
}
