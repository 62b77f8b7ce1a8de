import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel

/// Asks a Prometheus server how much pods make: https://prometheus.io/docs/prometheus/latest/querying/api/
struct Prometheus: Sendable {
    struct Answer: Sendable {
        /// Records a second.
        var rates = PodSeries()
        var cpu = PodSeries()
        var memory = PodSeries()
        var gpu = PodSeries()
    }

    /// The time that rates are averages of.
    static let window = TimeSpan(seconds: 300)
    private static let deadline = Duration.seconds(5)
    private static let labels = ["namespace", "pod", "kubernetes_namespace", "kubernetes_pod_name", "instance"]
    private static let rate =
        "sum by (\(labels.joined(separator: ", "))) (rate(\(PodMetrics.counter)[5m]))"
    private static let usage = #"{__name__=~"synthdata_(cpu|memory|gpu)_usage"}"#

    /// As it is configured.
    let url: String
    let api: KubernetesAPI
    /// For addresses outside of the cluster; nil where nothing is to be asked there.
    let web: (any HTTPClient)?
    /// Whether names of the cluster's own Services can be resolved here.
    let isInside: Bool

    /// - Throws: ``Diagnostic`` with `kubernetes.prometheus` where it does not answer.
    func ask() async throws(Diagnostic) -> Answer {
        let outcome = await Deadline.value(within: Self.deadline) { () -> Result<Answer, Diagnostic> in
            do {
                async let rates = query(Self.rate)
                async let usage = query(Self.usage)
                var answer = Answer()
                for series in try await rates { answer.rates.add(series) }
                for series in try await usage {
                    switch series.value("metric", "__name__")?.string {
                    case "synthdata_cpu_usage": answer.cpu.add(series)
                    case "synthdata_memory_usage": answer.memory.add(series)
                    default: answer.gpu.add(series)
                    }
                }
                return .success(answer)
            } catch {
                return .failure(problem(Self.words(error)))
            }
        }
        guard let outcome else { throw problem("it has not answered in \(Self.deadline.components.seconds)s") }
        return try outcome.get()
    }

    private func problem(_ why: String) -> Diagnostic {
        Diagnostic(
            .warning, .prometheus, "Prometheus at \(url) cannot be asked: the replicas are asked instead", why: why,
            fix: "mend monitoring.prometheus.url and deploy, or see that it can be reached from here")
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let problem as Diagnostic: problem.why ?? problem.what
        case let error as HTTPError: error.diagnostic.why ?? error.diagnostic.what
        case let status as APIStatus: "\(status.code) \(status.message)"
        default: "\(error)"
        }
    }

    /// The series of an instant query.
    private func query(_ text: String) async throws -> [Node] {
        let body = try await answer("/api/v1/query?query=\(HTTPURL.percentEncoded(text))")
        let answer = try JSONParser.parse(body, file: SourceFile(url))
        guard answer["status"]?.string == "success", let result = answer.value("data", "result")?.sequence else {
            throw Diagnostic(.error, .prometheus, answer["error"]?.string ?? "what answers there is no Prometheus")
        }
        return result
    }

    private func answer(_ target: String) async throws -> [UInt8] {
        guard let address = HTTPURL(url) else {
            throw Diagnostic(.error, .prometheus, "`\(url)` is not an address")
        }
        if !isInside, let service = ClusterService(address) {
            return try await api.serviceBody(
                namespace: service.namespace, service: service.reference, target: service.base + target)
        }
        guard let web, let place = HTTPURL(url.trimmed("/") + target) else {
            throw Diagnostic(.error, .prometheus, "it is outside of the cluster")
        }
        let response = try await web.send(
            HTTPRequest(.get, place, headers: ["Accept": "application/json"], responseLimit: 64 << 20))
        // An error in a query comes with 400 and a document that says what it is.
        guard response.status == 200 || response.status == 400 else {
            throw Diagnostic(.error, .prometheus, "it answers \(response.status)")
        }
        return response.body
    }
}

/// Values by the pod that they are of.
struct PodSeries: Sendable {
    private var byName: [String: Double] = [:]
    private var byAddress: [String: Double] = [:]

    /// Adds one series of an answer. Prometheus gives the labels of pods as it was configured to: the names are those of
    /// the operator, and of the examples in its own documentation; where there is none, the address.
    mutating func add(_ series: Node) {
        guard let text = series["value"]?.sequence?.last?.string, let value = Double(text), value.isFinite else {
            return
        }
        let labels = series["metric"]
        for (namespace, pod) in [("namespace", "pod"), ("kubernetes_namespace", "kubernetes_pod_name")] {
            if let namespace = labels?[namespace]?.string, let pod = labels?[pod]?.string {
                byName["\(namespace)/\(pod)", default: 0] += value
                return
            }
        }
        if let instance = labels?["instance"]?.string { byAddress[instance, default: 0] += value }
    }

    func value(of pod: PodFacts) -> Double? {
        byName["\(pod.namespace)/\(pod.name)"]
            ?? pod.address.flatMap { address in pod.port.flatMap { byAddress["\(address):\($0)"] } }
    }
}

/// A Service of the cluster by its own name: `prometheus.monitoring.svc:9090`.
struct ClusterService: Hashable {
    let namespace: String
    /// `http:prometheus:9090`, as the API server's proxy takes it.
    let reference: String
    let base: String

    init?(_ address: HTTPURL) {
        let parts = address.host.split(separator: ".")
        guard parts.count >= 3, parts[2] == "svc" else { return nil }
        namespace = String(parts[1])
        let port = address.port ?? address.scheme.defaultPort
        reference = "\(address.scheme.rawValue):\(parts[0]):\(port)"
        base = address.path.trimmed("/")
    }
}

extension ClusterService {
    /// The Prometheus that a release's objects name, where it is one of the cluster.
    init?(prometheusOf release: Release) {
        let url = release.resources.lazy.compactMap {
            $0.manifest.value("metadata", "annotations", Self.annotation)?.string
        }.first
        guard let address = url.flatMap({ HTTPURL($0) }) else { return nil }
        self.init(address)
    }

    static let annotation = "synthdata.io/prometheus-url"
}

extension String {
    /// Without one character at the end.
    fileprivate func trimmed(_ end: Character) -> String {
        var text = self
        while text.last == end { text.removeLast() }
        return text
    }
}

extension Diagnostic.Code {
    static let prometheus = Self("kubernetes.prometheus", .failed)
}
