import ControlPlane
import Diagnostics
import Documents
import Foundation
import HTTPTransport
import Synchronization
import Testing

@testable import KubernetesClient

@Suite struct DiscoveryTests {
    // MARK: The two forms of the answer

    /// What a server serves, in both forms: https://kubernetes.io/docs/concepts/overview/kubernetes-api/ and
    /// k8s.io/api/apidiscovery/v2 and k8s.io/apimachinery/pkg/apis/meta/v1.
    final class Server: Sendable {
        let isAggregated: Bool
        /// The group whose own server does not answer.
        let isDown: Bool
        let asked = Mutex<[String]>([])
        let hasWidgets = Mutex(true)

        init(isAggregated: Bool, isDown: Bool = false) {
            self.isAggregated = isAggregated
            self.isDown = isDown
        }

        var api: KubernetesAPI {
            FakeServer { [self] request throws(HTTPError) in
                asked.withLock { $0.append(request.url.path) }
                let wantsAll = request.headers["Accept"]?.contains("as=APIGroupDiscoveryList") == true
                if isAggregated && wantsAll { return .json(aggregated[request.url.path] ?? .null) }
                guard let answer = classic[request.url.path] else { return .json(["kind": "Status"], status: 503) }
                return .json(answer)
            }.api
        }

        private var widgets: [Node] {
            hasWidgets.withLock(\.self) ? [["name": "widgets", "kind": "Widget", "namespaced": false]] : []
        }

        private var classic: [String: Node] {
            var all: [String: Node] = [
                "/api": ["kind": "APIVersions", "versions": ["v1"]],
                "/apis": [
                    "kind": "APIGroupList",
                    "groups": [
                        group("autoscaling", ["v1", "v2"], preferred: "v2"),
                        group("example.io", ["v1"], preferred: "v1"),
                    ],
                ],
                "/api/v1": [
                    "kind": "APIResourceList",
                    "resources": [
                        ["name": "pods", "singularName": "", "namespaced": true, "kind": "Pod", "verbs": ["get"]],
                        ["name": "pods/log", "singularName": "", "namespaced": true, "kind": "Pod", "verbs": ["get"]],
                        ["name": "nodes", "singularName": "", "namespaced": false, "kind": "Node", "verbs": ["get"]],
                    ],
                ],
                "/apis/example.io/v1": ["kind": "APIResourceList", "resources": .sequence(widgets)],
            ]
            for version in ["v1", "v2"] {
                all["/apis/autoscaling/\(version)"] = [
                    "kind": "APIResourceList",
                    "resources": [
                        [
                            "name": "horizontalpodautoscalers", "namespaced": true, "kind": "HorizontalPodAutoscaler",
                            "verbs": ["get"],
                        ]
                    ],
                ]
            }
            if isDown { all["/apis/example.io/v1"] = nil }
            return all
        }

        private func group(_ name: String, _ versions: [String], preferred: String) -> Node {
            [
                "name": .string(name),
                "versions": .sequence(
                    versions.map { ["groupVersion": .string("\(name)/\($0)"), "version": .string($0)] }),
                "preferredVersion": ["groupVersion": .string("\(name)/\(preferred)"), "version": .string(preferred)],
            ]
        }

        private var aggregated: [String: Node] {
            func resource(_ plural: String, _ kind: String, _ scope: String, _ subresources: [Node] = []) -> Node {
                [
                    "resource": .string(plural), "singularResource": "", "scope": .string(scope), "verbs": ["get"],
                    "responseKind": ["group": "", "version": "", "kind": .string(kind)],
                    "subresources": .sequence(subresources),
                ]
            }
            func version(_ name: String, _ resources: [Node], freshness: String = "Current") -> Node {
                ["version": .string(name), "resources": .sequence(resources), "freshness": .string(freshness)]
            }
            func list(_ groups: [Node]) -> Node {
                [
                    "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
                    "items": .sequence(groups),
                ]
            }
            let log: Node = ["subresource": "log", "verbs": ["get"], "responseKind": ["kind": "Pod"]]
            let scaler = resource("horizontalpodautoscalers", "HorizontalPodAutoscaler", "Namespaced")
            return [
                "/api": list([
                    [
                        "metadata": ["creationTimestamp": .null],
                        "versions": [
                            version(
                                "v1",
                                [resource("pods", "Pod", "Namespaced", [log]), resource("nodes", "Node", "Cluster")])
                        ],
                    ]
                ]),
                "/apis": list([
                    [
                        "metadata": ["name": "autoscaling"],
                        "versions": [version("v2", [scaler]), version("v1", [scaler])],
                    ],
                    [
                        "metadata": ["name": "example.io"],
                        "versions": [
                            version(
                                "v1", widgets.isEmpty ? [] : [resource("widgets", "Widget", "Cluster")],
                                freshness: isDown ? "Stale" : "Current")
                        ],
                    ],
                ]),
            ]
        }
    }

    @Test func bothFormsSayTheSame() async throws {
        let classic = Server(isAggregated: false)
        let aggregated = Server(isAggregated: true)
        let types = try await classic.api.discover().types
        let same = try await aggregated.api.discover().types
        #expect(types.types == same.types)
        #expect(
            types.types.map(\.plural) == ["pods", "nodes"] + [
                "horizontalpodautoscalers", "horizontalpodautoscalers", "widgets",
            ])
        #expect(types.versions(group: "autoscaling", kind: "HorizontalPodAutoscaler").map(\.version) == ["v2", "v1"])
        #expect(types.type(apiVersion: "v1", kind: "Node")?.isNamespaced == false)
        #expect(aggregated.asked.withLock { $0.sorted() } == ["/api", "/apis"])
    }

    @Test(arguments: [false, true]) func aGroupThatDoesNotAnswerIsNotKeptAsMissing(isAggregated: Bool) async throws {
        try await Files.with { files async throws in
            let server = Server(isAggregated: isAggregated, isDown: true)
            for _ in 0..<2 {
                let discovery = Discovery(server.api, server: "s", cacheFolder: files.folder)
                #expect(try await discovery.type(apiVersion: "v1", kind: "Pod") != nil)
            }
            #expect(server.asked.withLock { $0.count(where: { $0 == "/apis" }) } == 2)
        }
    }

    // MARK: What is kept

    /// How often `/apis` was asked while `body` ran.
    private func asked(_ server: Server, _ body: () async throws -> Void) async throws -> Int {
        server.asked.withLock { $0 = [] }
        try await body()
        return server.asked.withLock { $0.count(where: { $0 == "/apis" }) }
    }

    @Test func answersAreKeptOnDiskForTenMinutes() async throws {
        try await Files.with { files async throws in
            let server = Server(isAggregated: true)
            let folder = files.path("deep/down")
            func use(at time: Double, _ name: String = "https://a:1/b") async throws -> Int {
                try await asked(server) { () async throws in
                    let discovery = Discovery(server.api, server: name, cacheFolder: folder, now: { time })
                    #expect(try await discovery.type(apiVersion: "v1", kind: "Pod")?.plural == "pods")
                }
            }
            #expect(try await use(at: 10_000) == 1)
            #expect(try await use(at: 10_599) == 0)
            #expect(try await use(at: 10_599, "https://a:1/c") == 1)
            #expect(try await use(at: 10_601) == 1)
            #expect(try await use(at: 10_700) == 0)
            // A clock that was set back.
            #expect(try await use(at: 9_000) == 1)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.sorted() == ["https%3A%2F%2Fa%3A1%2Fb.json", "https%3A%2F%2Fa%3A1%2Fc.json"])

            for garbage in ["", "{", "[]", #"{"apiVersion": "synthdata.io/v1", "kind": "ServedTypes", "time": 9000}"#] {
                try files.write("deep/down/\(names[0])", garbage)
                try files.write("deep/down/\(names[1])", garbage)
                #expect(try await use(at: 9_000) == 1)
            }
        }
    }

    @Test func aFolderThatCannotBeWrittenCostsRequestsOnly() async throws {
        try await Files.with(["file": ""]) { files async throws in
            let server = Server(isAggregated: true)
            let count = try await asked(server) { () async throws in
                for _ in 0..<2 {
                    let discovery = Discovery(server.api, server: "s", cacheFolder: files.path("file/below"))
                    #expect(try await discovery.types().types.count == 5)
                }
            }
            #expect(count == 2)
        }
    }

    @Test func aKindThatIsMissingIsAskedForAnewOnce() async throws {
        try await Files.with { files async throws in
            let server = Server(isAggregated: true)
            server.hasWidgets.withLock { $0 = false }
            _ = try await Discovery(server.api, server: "s", cacheFolder: files.folder).types()
            server.hasWidgets.withLock { $0 = true }

            let discovery = Discovery(server.api, server: "s", cacheFolder: files.folder)
            let count = try await asked(server) { () async throws in
                #expect(try await discovery.type(apiVersion: "example.io/v1", kind: "Widget")?.plural == "widgets")
                for _ in 0..<3 { #expect(try await discovery.type(apiVersion: "example.io/v1", kind: "Gadget") == nil) }
            }
            #expect(count == 1)
        }
    }

    @Test func aKindThatIsInstalledLaterIsFound() async throws {
        let server = Server(isAggregated: true)
        server.hasWidgets.withLock { $0 = false }
        let time = Mutex(1000.0)
        let discovery = Discovery(server.api, server: "s", cacheFolder: nil, now: { time.withLock(\.self) })
        func widget() async throws -> ResourceType? {
            try await discovery.type(apiVersion: "example.io/v1", kind: "Widget")
        }
        #expect(try await widget() == nil)
        server.hasWidgets.withLock { $0 = true }
        // Not again and again: a server that lacks a kind is not asked for it with every object.
        #expect(try await widget() == nil)
        time.withLock { $0 += 6 }
        #expect(try await widget()?.plural == "widgets")
    }

    @Test func manyAskTogetherAndTheServerIsAskedOnce() async throws {
        let server = Server(isAggregated: true)
        let discovery = Discovery(server.api, server: "s", cacheFolder: nil)
        let count = try await asked(server) { () async throws in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<20 {
                    tasks.addTask { _ = try await discovery.type(apiVersion: "v1", kind: "Pod") }
                }
                try await tasks.waitForAll()
            }
        }
        #expect(count == 1)
    }

    @Test(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
    func aRealServerTellsItsKinds() async throws {
        let (types, isComplete) = try await Cluster.api().discover()
        #expect(isComplete)
        for known in [
            ResourceType.namespace, .node, .pod, .event, .secret, .configMap, .deployment, .replicaSet, .lease,
        ] {
            #expect(types.type(apiVersion: known.apiVersion, kind: known.kind) == known)
        }
        let scalers = types.versions(group: "autoscaling", kind: "HorizontalPodAutoscaler").map(\.version)
        #expect(scalers == ["v1", "v2beta1", "v2beta2"])
        #expect(types.type(apiVersion: "policy/v1", kind: "PodDisruptionBudget") == nil)
        #expect(types.type(apiVersion: "policy/v1beta1", kind: "PodDisruptionBudget") != nil)
    }
}
