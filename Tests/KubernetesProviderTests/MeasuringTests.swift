import ControlPlane
import Diagnostics
import Documents
import FoundationEssentials
import HTTPTransport
import KubernetesClient
import ServiceModel
import Synchronization
import TestSupport
import Testing

@testable import KubernetesProvider

/// How much services make and use: by their pods, by the cluster's metrics API and by a real Prometheus.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct MeasuringTests {
    /// One whose metrics API is served; half a core and 128 MiB for each container.
    private static let cluster = Task.detached {
        let cluster = try await ControlPlane.start(["--nodes", "1", "--metrics-server"])
        let api = try await TestNamespace.connect(cluster).api
        // It is served some time after everything else.
        try await eventually { (try? await api.document(at: "/apis/metrics.k8s.io/v1beta1/pods")) != nil }
        return cluster
    }

    private static let layer = """
        deployment: {replicas: 2, annotations: {played.example/records-per-second: "50"}}
        monitoring: {prometheus: {enabled: true}}

        """

    /// The same, and what the program says of its resources.
    private static let usage = layer.replacing("\"50\"}", with: "\"50\", played.example/usage: \"0.25 0.5 0.75\"}")

    private func with(_ layer: String = layer, _ body: (TestNamespace) async throws -> Void) async throws {
        try await TestNamespace.with(of: try await Self.cluster.value) { namespace in
            try await namespace.deploy(Layers(layer).release(namespace))
            try await body(namespace)
        }
    }

    private func status(_ namespace: TestNamespace, _ provider: KubernetesProvider) async throws -> ServiceStatus {
        try #require(try await provider.observe([namespace.service()]).first)
    }

    /// Looks until it is so: a busy machine may leave a replica, or the metrics API, no time to answer.
    private func status(
        _ namespace: TestNamespace, _ provider: KubernetesProvider, where isSo: (ServiceStatus) -> Bool
    ) async throws -> ServiceStatus {
        var found = try await status(namespace, provider)
        try await eventually {
            if isSo(found) { return true }
            found = try await status(namespace, provider)
            return isSo(found)
        }
        return found
    }

    @Test func asksPodsAndTheMetricsAPI() async throws {
        try await with { namespace in
            let provider = namespace.provider().provider
            // Granted are 100m and 64Mi each.
            let first = try await status(namespace, provider) {
                $0.throughputReplicas == 2 && $0.cpuUsage == 5 && $0.memoryUsage == 2
            }
            #expect(first.gpuUsage == nil)
            let window = try #require(first.throughputWindow)
            // Who looks again is told of a longer time: long enough to tell a rate on a busy machine.
            let second = try await status(namespace, provider) {
                $0.throughputReplicas == 2
                    && ($0.throughputWindow ?? window).milliseconds >= window.milliseconds + 3000
            }
            // 2 replicas, 50 a second each.
            let rate = try #require(second.recordsPerHour)
            #expect(rate > 360_000 / 2 && rate < 360_000 * 2)
        }
    }

    /// Where the metrics API is not served.
    @Test func takesThePodsWordForTheirResources() async throws {
        try await with(Self.usage) { namespace in
            let provider = namespace.provider(by: { base in
                Detour(base: base) { $0.contains("metrics.k8s.io") ? .status(404, "") : nil }
            }).provider
            let found = try await status(namespace, provider) { $0.throughputReplicas == 2 }
            #expect(found.cpuUsage == 0.25 && found.memoryUsage == 0.5 && found.gpuUsage == 0.75, "\(found)")
        }
    }

    @Test func aPodThatHangsKeepsNobodyWaiting() async throws {
        try await with { namespace in
            let pods = try await namespace.api.list(Selection(.pod, namespace: namespace.name)).items
            let hanging = try #require(pods.first).objectName
            let provider = namespace.provider(by: { base in
                Detour(base: base) { $0.contains("/pods/\(hanging):") ? .silence : nil }
            }).provider
            let start = ContinuousClock.now
            _ = try await status(namespace, provider)
            #expect(ContinuousClock.now - start < .seconds(20))
            let found = try await status(namespace, provider) { $0.throughputReplicas == 1 }
            #expect(try #require(found.recordsPerHour) > 0)
        }
    }

    @Test func saysNothingWhereNothingIsServed() async throws {
        try await with { namespace in
            let provider = namespace.provider(by: { base in
                Detour(base: base) { path in
                    path.contains("/proxy/") || path.contains("metrics.k8s.io") ? .status(404, "") : nil
                }
            }).provider
            let found = try await status(namespace, provider)
            #expect(found.state == .healthy)
            #expect(found.recordsPerHour == nil && found.throughputWindow == nil && found.throughputReplicas == nil)
            #expect(found.cpuUsage == nil && found.memoryUsage == nil)
        }
    }

    @Test func asksPrometheusWhereOneIsConfigured() async throws {
        let cluster = try await Self.cluster.value
        let server = try await PrometheusServer.start(kubeconfig: cluster.kubeconfigs.admin)
        let layer = Self.usage.split(separator: "enabled: true").joined(
            separator: "enabled: true, url: \"\(server.url)\"")
        try await with(layer) { namespace in
            let provider = namespace.provider(
                web: CurlTransport(proxy: .direct),
                by: { base in
                    // It alone can tell.
                    Detour(base: base) { path in
                        path.contains("/pods/") && path.contains("/proxy/") || path.contains("metrics.k8s.io")
                            ? .status(500, "") : nil
                    }
                }
            ).provider
            // 360K by both of them. What one made before it was first asked is missing, which counts for less and less.
            let found = try await status(namespace, provider) {
                $0.throughputReplicas == 2 && $0.recordsPerHour ?? 0 > 150_000
            }
            #expect(try #require(found.recordsPerHour) < 1_000_000)
            #expect(try #require(found.throughputWindow) <= Prometheus.window)
            #expect(found.cpuUsage == 0.25 && found.memoryUsage == 0.5 && found.gpuUsage == 0.75, "\(found)")
        }
        // It ends when it is let go.
        withExtendedLifetime(server) {}
    }

    @Test func tellsOfAPrometheusThatDoesNotAnswerAndAsksThePods() async throws {
        let layer = Self.layer.split(separator: "enabled: true")
            .joined(separator: "enabled: true, url: \"http://127.0.0.1:1/prometheus\"")
        try await with(layer) { namespace in
            let told = Mutex<[Diagnostic]>([])
            let provider = namespace.provider(
                warn: { problem in told.withLock { $0.append(problem) } }, web: CurlTransport(proxy: .direct)
            ).provider
            _ = try await status(namespace, provider) { $0.throughputReplicas == 2 }
            // Each look tells it.
            #expect(Set(told.withLock(\.self).map(\.code.name)) == ["kubernetes.prometheus"])
            #expect(told.withLock(\.self).first?.what.contains("http://127.0.0.1:1/prometheus") == true)
        }
    }

    /// As a real server answers, recorded from version 2.42.
    @Test func asksAPrometheusOfTheClusterThroughItsAPI() async throws {
        let layer = Self.layer.replacing("replicas: 2", with: "replicas: 1").split(separator: "enabled: true")
            .joined(separator: "enabled: true, url: \"http://prometheus.monitoring.svc:9090/base/\"")
        try await with(layer) { namespace in
            let pods = try await namespace.api.list(Selection(.pod, namespace: namespace.name)).items.map(\.objectName)
            let series = pods.map { pod in
                #"{"metric":{"instance":"10.0.0.1:443","namespace":"\#(namespace.name)","pod":"\#(pod)"},"#
                    + #""value":[1795248066.276,"300"]}"#
            }.joined(separator: ",")
            let asked = Mutex<Set<String>>([])
            let provider = namespace.provider(by: { base in
                Detour(base: base) { path in
                    guard path.contains("/services/") else { return nil }
                    asked.withLock { _ = $0.insert(path) }
                    return .status(
                        200, #"{"status":"success","data":{"resultType":"vector","result":[\#(series)]}}"#)
                }
            }).provider
            let found = try await status(namespace, provider) {
                $0.throughputWindow ?? .init(seconds: 0) > .init(seconds: 1)
            }
            // Prometheus shares out over its own window what a young pod has made.
            let window = Double(try #require(found.throughputWindow).seconds)
            #expect(found.recordsPerHour == 300 * 3600 * Double(Prometheus.window.seconds) / window)
            #expect(
                asked.withLock(\.self) == [
                    "/api/v1/namespaces/monitoring/services/http:prometheus:9090/proxy/base/api/v1/query"
                ])
        }
    }
}

/// What is remembered of pods.
@Suite struct PodMemoryTests {
    private func pod(_ uid: String) -> (pod: PodFacts, path: String) {
        let pod: Node = [
            "metadata": ["uid": .string(uid), "namespace": "shop", "name": .string(uid)],
            "spec": ["containers": [["name": "workload", "ports": [["containerPort": 8080]]]]],
            "status": ["conditions": [["type": "Ready", "status": "True"]]],
        ]
        return (PodFacts(pod), "/metrics")
    }

    @Test(arguments: [(0.0, ["c"]), (3600.0, ["a", "b", "c"])])
    func podsThatNobodyAsksAreForgotten(memory: Double, known: [String]) async throws {
        let client = Detour(base: Detour.nowhere) { _ in .status(200, "\(PodMetrics.counter) 5\n") }
        let metrics = PodMetrics(api: KubernetesAPI(client, server: HTTPURL(host: "a")), memory: memory)
        #expect(await metrics.read([pod("a"), pod("b")]).count == 2)
        #expect(await metrics.read([pod("c")]).count == 1)
        #expect(await metrics.known.sorted() == known)
    }
}

/// The speed of a counter.
struct CounterHistoryTests {
    @Test(
        arguments: [
            ("one look at a new counter", [(0.0, 5.0)], nil, nil as Double?, nil as Double?),
            ("one look, and since when", [(0, 100)], 50, 2, 50),
            ("two looks", [(0, 100), (10, 300)], 50, 20, 10),
            ("too little in a short time", [(0, 100), (1, 101)], 50.5, 2, 50.5),
            ("nothing for long", [(0, 100), (60, 100)], 3600, 0, 60),
            ("little for long", [(0, 100), (100, 105)], 3600, 0.05, 100),
            ("a reset", [(0, 1000), (10, 4)], 2, 2, 2),
            ("older than the window", [(0, 0), (100, 1000), (400, 4000), (700, 10_000)], nil, 20, 300),
        ] as [(String, [(Double, Double)], Double?, Double?, Double?)])
    func isAnAverageOfATimeThatTells(
        name: String, points: [(Double, Double)], age: Double?, perSecond: Double?, window: Double?
    ) {
        var history = CounterHistory()
        for (time, value) in points { history.note(value, at: time) }
        #expect(history.rate(age: age)?.perSecond == perSecond)
        #expect(history.rate(age: age)?.window == window)
    }
}
