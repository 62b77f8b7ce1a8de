import Documents
import HTTPTransport
import Synchronization
import Testing

@testable import KubernetesClient

/// What is asked of a server beside the object: parameters that change what it does, and that its answer does not show.
struct RequestParameterTests {
    /// The requests that `work` makes of a server that has an object `a`.
    private static func requests(_ work: (KubernetesAPI) async throws -> Void) async throws -> [HTTPRequest] {
        let sent = Mutex<[HTTPRequest]>([])
        let server = FakeServer { request throws(HTTPError) in
            sent.withLock { $0.append(request) }
            if request.url.query?.contains("watch=true") == true {
                let event: Node = ["type": "ADDED", "object": ["metadata": ["name": "b", "resourceVersion": "2"]]]
                return HTTPResponse(status: 200, body: JSONEmitter.bytes(of: event) + [0x0A])
            }
            return .json(["metadata": ["name": "a", "uid": "1", "resourceVersion": "1"], "items": []])
        }
        try await work(server.api)
        return sent.withLock(\.self)
    }

    private static func parameters(_ request: HTTPRequest) -> [String: String] {
        let pairs = (request.url.query ?? "").split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        return Dictionary(pairs.map { (String($0[0]), String($0[1])) }, uniquingKeysWith: { first, _ in first })
    }

    private static let object: Node = [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "n", "resourceVersion": "1"],
        "data": ["x": "y"],
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let work: @Sendable (KubernetesAPI) async throws -> Void

        var testDescription: String { name }
    }

    /// A server that is told works on nothing that nobody waits for any more.
    @Test(arguments: [
        Case(name: "get") { _ = try await $0.get(.configMap, namespace: "n", name: "a") },
        Case(name: "list") { _ = try await $0.list(Selection(.configMap, namespace: "n")) },
        Case(name: "metadata") { _ = try await $0.listMetadata(Selection(.configMap, namespace: "n")) },
        Case(name: "apply") { _ = try await $0.apply(.configMap, object) },
        Case(name: "create") { _ = try await $0.create(.configMap, namespace: "n", object) },
        Case(name: "replace") { _ = try await $0.replace(.configMap, object) },
        Case(name: "merge") { try await $0.merge(.configMap, namespace: "n", name: "a", [:]) },
        Case(name: "set") {
            _ = try await $0.set(NodePath(keys: ["data", "x"]), of: object, to: "z", .configMap)
        },
        Case(name: "remove") { _ = try await $0.remove([NodePath(keys: ["data", "x"])], of: object, .configMap) },
        Case(name: "delete") { _ = try await $0.delete(.configMap, namespace: "n", name: "a", uid: "1") },
        Case(name: "review") { _ = try await $0.review("/apis/authorization.k8s.io/v1/x", [:]) },
    ])
    func theServerKnowsHowLongItMayTake(given: Case) async throws {
        let requests = try await Self.requests(given.work)
        #expect(requests.count == 1)
        for request in requests {
            #expect(Self.parameters(request)["timeout"] == "50s")
            // The client waits longer: it is the server that says so.
            #expect(try #require(request.timeouts.total) > .seconds(50))
        }
    }

    /// What is handed on belongs to whoever it is handed to; streams have no end of their own.
    @Test(arguments: [
        Case(name: "logs") {
            try await $0.logs(
                namespace: "n", pod: "a", container: nil, tail: nil, following: .init(since: nil, toEnd: true)
            ) {
                _ in
            }
        },
        Case(name: "the last lines") {
            _ = try await $0.logTail(namespace: "n", pod: "a", container: nil, lines: 3, previous: false)
        },
        Case(name: "a pod's answer") {
            _ = try await $0.podText(
                namespace: "n", pod: "a", port: 80, path: "/metrics", timeout: .seconds(1), limit: 1000)
        },
        Case(name: "a Service's answer") {
            _ = try await $0.serviceBody(namespace: "n", service: "http:a:80", target: "/q?x=1")
        },
    ])
    func whatIsHandedOnHasNoParameterOfOurs(given: Case) async throws {
        let requests = try await Self.requests(given.work)
        #expect(requests.count == 1)
        #expect(Self.parameters(requests[0])["timeout"] == nil)
    }

    @Test func aWatchEndsByTheServersClockAndAsksForBookmarks() async throws {
        let requests = try await Self.requests { api in
            try await api.watch(Selection(.pod, namespace: "n")) { event in
                if case .changed = event { .enough } else { .goOn }
            }
        }
        #expect(requests.count == 2)
        let watch = Self.parameters(requests[1])
        #expect(watch["watch"] == "true" && watch["allowWatchBookmarks"] == "true")
        #expect(watch["timeoutSeconds"] == "300" && watch["timeout"] == nil)
        #expect(watch["resourceVersion"] == "1")
        // Its silence is believed for longer than the server keeps silent.
        #expect(requests[1].timeouts.total == nil)
        #expect(try #require(requests[1].timeouts.idle) > .seconds(300))
    }

    @Test(arguments: [true, false])
    func fieldsThatNoSchemaHasAreToBeRefused(isDryRun: Bool) async throws {
        let requests = try await Self.requests {
            _ = try await $0.apply(.configMap, Self.object, .init(isDryRun: isDryRun))
        }
        let parameters = Self.parameters(requests[0])
        #expect(parameters["fieldValidation"] == "Strict")
        #expect(parameters["dryRun"] == (isDryRun ? "All" : nil))
        #expect(parameters["fieldManager"] == "synthdata-infra")
        #expect(parameters["force"] == nil)
    }

    @Test func whatAnObjectOwnsIsDeletedWithIt() async throws {
        let requests = try await Self.requests {
            _ = try await $0.delete(.deployment, namespace: "n", name: "a", uid: "1", resourceVersion: "7")
        }
        let options = try JSONParser.parse(requests[0].body, file: APIDocument.source)
        #expect(
            options == [
                "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
                "preconditions": ["uid": "1", "resourceVersion": "7"],
            ])
    }
}
