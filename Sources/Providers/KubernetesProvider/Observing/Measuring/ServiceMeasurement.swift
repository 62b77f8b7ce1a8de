import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// How much services make and use.
struct ServiceMeasurement: Sendable {
    struct Result: Sendable {
        var recordsPerHour: Double?
        var window: TimeSpan?
        /// How many replicas the records are of.
        var replicas: Int?
        /// Why the records are not known, where that is for want of a right.
        var problem: String?
        var cpu: Double?
        var memory: Double?
        var gpu: Double?
    }

    /// One service, by its live objects.
    struct Subject: Sendable {
        let service: ServiceIdentity
        let deployment: Node
        let pods: [PodFacts]

        fileprivate var prometheusURL: String? { annotation(ClusterService.annotation) }
        fileprivate var metricsPath: String { annotation("synthdata.io/metrics-path") ?? "/metrics" }

        private func annotation(_ key: String) -> String? {
            deployment.value("metadata", "annotations", key)?.string
        }
    }

    let cluster: Cluster
    let metrics: PodMetrics
    let web: (any HTTPClient)?
    let warn: @Sendable (Diagnostic) -> Void

    /// - Parameters:
    ///   - namespace: that all of them are in; nil where they are in several.
    ///   - labels: that all of their pods have.
    func read(_ subjects: [Subject], in namespace: String?, labels: String) async -> [ServiceIdentity: Result] {
        async let used = ResourceMetrics(cluster: cluster).read(in: namespace, labels: labels)
        let answers = await prometheus(subjects)
        let others = subjects.filter { $0.prometheusURL.flatMap { answers[$0] } == nil }
        let readings = await metrics.read(
            others.flatMap { subject in subject.pods.map { (pod: $0, path: subject.metricsPath) } })
        let usage = await used
        return subjects.reduce(into: [:]) { results, subject in
            var result =
                subject.prometheusURL.flatMap { answers[$0] }.map { Self.result(subject, $0) }
                ?? Self.result(subject, readings)
            let shares = Self.shares(subject, usage)
            result.cpu = shares.cpu ?? result.cpu
            result.memory = shares.memory ?? result.memory
            results[subject.service] = result
        }
    }

    /// Each server is asked once, whatever the number of services.
    private func prometheus(_ subjects: [Subject]) async -> [String: Prometheus.Answer] {
        let urls = Set(subjects.compactMap(\.prometheusURL)).sorted()
        var answers: [String: Prometheus.Answer] = [:]
        for url in urls {
            do throws(Diagnostic) {
                answers[url] = try await Prometheus(
                    url: url, api: cluster.api, web: web, isInside: cluster.name == "in-cluster"
                ).ask()
            } catch {
                warn(error)
            }
        }
        return answers
    }

    private static func result(_ subject: Subject, _ answer: Prometheus.Answer) -> Result {
        let ready = subject.pods.filter(\.isReady)
        let now = Double(time(nil))
        let full = Double(Prometheus.window.seconds)
        // Prometheus shares out what a young pod has made over all of the window.
        let rates = ready.compactMap { pod in
            answer.rates.value(of: pod).map { rate in
                let window = min(full, max(1, pod.started.map { now - $0 } ?? full))
                return (perSecond: rate * full / window, window: window)
            }
        }
        return Result(
            recordsPerHour: rates.isEmpty ? nil : rates.reduce(0) { $0 + $1.perSecond } * 3600,
            window: rates.map(\.window).max().map { TimeSpan(seconds: Int($0)) },
            replicas: rates.isEmpty ? nil : rates.count,
            cpu: average(ready.compactMap { answer.cpu.value(of: $0) }),
            memory: average(ready.compactMap { answer.memory.value(of: $0) }),
            gpu: average(ready.compactMap { answer.gpu.value(of: $0) }))
    }

    private static func result(_ subject: Subject, _ readings: [String: PodMetrics.Reading]) -> Result {
        let known = subject.pods.compactMap { readings[$0.uid] }
        let rates = known.compactMap(\.rate)
        return Result(
            recordsPerHour: rates.isEmpty ? nil : rates.reduce(0) { $0 + $1.perSecond } * 3600,
            window: rates.map(\.window).max().map { TimeSpan(seconds: max(1, Int($0.rounded()))) },
            replicas: rates.isEmpty ? nil : rates.count,
            problem: rates.isEmpty && known.contains(where: \.isDenied)
                ? "you lack the right to `get` `pods/proxy` in the namespace `\(subject.service.namespace)`" : nil,
            cpu: average(known.compactMap(\.cpu)),
            memory: average(known.compactMap(\.memory)), gpu: average(known.compactMap(\.gpu)))
    }

    /// Of what the pods that are measured are granted.
    private static func shares(
        _ subject: Subject, _ usage: [String: ResourceMetrics.Usage]
    ) -> (cpu: Double?, memory: Double?) {
        let measured = subject.pods.compactMap { pod in usage["\(pod.namespace)/\(pod.name)"].map { (pod, $0) } }
        func share(_ used: (ResourceMetrics.Usage) -> Double, _ granted: (PodFacts) -> Double?) -> Double? {
            let pairs = measured.compactMap { pod, usage in granted(pod).map { (used(usage), $0) } }
            let whole = pairs.reduce(0) { $0 + $1.1 }
            return whole > 0 ? pairs.reduce(0) { $0 + $1.0 } / whole : nil
        }
        return (share(\.cpu, \.grantedCPU), share(\.memory, \.grantedMemory))
    }

    private static func average(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
