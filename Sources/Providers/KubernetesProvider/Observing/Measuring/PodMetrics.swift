import KubernetesClient
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Asks pods for their own metrics, through the API server: https://kubernetes.io/docs/reference/using-api/api-concepts/
///
/// One that does not answer keeps nobody waiting: what has not come in time is left out.
actor PodMetrics {
    /// What a pod says of itself.
    struct Reading: Sendable {
        /// Records a second, and of how many seconds that is an average.
        let rate: (perSecond: Double, window: Double)?
        /// Shares of what it has, 0 to 1.
        let cpu: Double?
        let memory: Double?
        let gpu: Double?
        /// Whether this user may not ask it: then nothing else is known.
        var isDenied = false

        fileprivate static let denied = Reading(rate: nil, cpu: nil, memory: nil, gpu: nil, isDenied: true)
    }

    private enum Answer: Sendable {
        case text(String, time: Double)
        /// For want of a right.
        case denied
    }

    /// The name that every type of data has it under.
    static let counter = "synthdata_records_generated_total"
    /// More pods than these are not asked one by one.
    static let maximumPods = 100
    private static let concurrency = 16
    private static let deadline = Duration.seconds(2)
    /// Between two looks at a counter that nothing is known of yet.
    private static let pause = Duration.seconds(1)
    private static let maximumText = 4 << 20

    private let api: KubernetesAPI
    private let memory: Double
    /// By UID, of pods that were asked before: who looks again and again is told of longer times.
    private var histories: [String: CounterHistory] = [:]

    /// - Parameter memory: for how many seconds a pod is remembered that is not asked any more.
    init(api: KubernetesAPI, memory: Double = CounterHistory.span) {
        self.api = api
        self.memory = memory
    }

    /// The UIDs of the pods that something is known of.
    var known: Set<String> { Set(histories.keys) }

    /// By UID; without those that say nothing.
    ///
    /// - Parameter path: of the metrics, for each pod.
    func read(_ pods: [(pod: PodFacts, path: String)]) async -> [String: Reading] {
        forgetOld(besides: Set(pods.map(\.pod.uid)))
        let asked = pods.filter { $0.pod.isReady && $0.pod.port != nil }
        guard !asked.isEmpty, asked.count <= Self.maximumPods else { return [:] }
        var (texts, denied) = await note(asked)
        let young = asked.filter { texts[$0.pod.uid] != nil && (histories[$0.pod.uid]?.length ?? 0) <= 0 }
        if !young.isEmpty, (try? await Task.sleep(for: Self.pause)) != nil {
            texts.merge(await note(young).texts) { $1 }
        }
        let now = Double(time(nil))
        let unread = Dictionary(uniqueKeysWithValues: denied.map { ($0, Reading.denied) })
        return texts.reduce(into: unread) { readings, entry in
            let pod = asked.first { $0.pod.uid == entry.key }?.pod
            readings[entry.key] = Reading(
                rate: histories[entry.key]?.rate(age: pod?.started.map { now - $0 }),
                cpu: PrometheusText.sum(of: "synthdata_cpu_usage", in: entry.value),
                memory: PrometheusText.sum(of: "synthdata_memory_usage", in: entry.value),
                gpu: PrometheusText.sum(of: "synthdata_gpu_usage", in: entry.value))
        }
    }

    /// Others may be asked by somebody else at the same time; those that nobody asks for long are gone.
    private func forgetOld(besides asked: Set<String>) {
        let end = Self.monotonicSeconds() - memory
        histories = histories.filter { asked.contains($0.key) || ($0.value.latest ?? end) > end }
    }

    /// Asks each pod once.
    private func note(
        _ pods: [(pod: PodFacts, path: String)]
    ) async -> (texts: [String: String], denied: Set<String>) {
        var texts: [String: String] = [:]
        var denied: Set<String> = []
        for (uid, answer) in await Self.answers(of: pods, api) {
            guard case .text(let text, let time) = answer else {
                denied.insert(uid)
                continue
            }
            texts[uid] = text
            guard let value = PrometheusText.sum(of: Self.counter, in: text) else { continue }
            histories[uid, default: CounterHistory()].note(value, at: time)
        }
        return (texts, denied)
    }

    private static func answers(
        of pods: [(pod: PodFacts, path: String)], _ api: KubernetesAPI
    ) async -> [String: Answer] {
        await Deadline.collect(pods, within: deadline, atOnce: concurrency) { place in
            guard let port = place.pod.port else { return nil }
            let asked = monotonicSeconds()
            do {
                let text = try await api.podText(
                    namespace: place.pod.namespace, pod: place.pod.name, port: port, path: place.path,
                    timeout: deadline, limit: maximumText)
                // It was counted some time between question and answer.
                return (place.pod.uid, .text(text, time: (asked + monotonicSeconds()) / 2))
            } catch let status as APIStatus where status.code == 403 && ServerRefusal.isAboutRights(status) {
                return (place.pod.uid, .denied)
            } catch {
                return nil
            }
        }
    }

    private static func monotonicSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
