import Logging
import ServiceModel

/// Every two seconds: whether the state folder is still there, what the replicas use and produce, and whether their logs have grown too long.
extension ServiceSupervisor {
    private static let period = Duration.seconds(2)
    private static let maximumMetrics = 4 << 20
    private static let metricsTimeout = 1000

    nonisolated func sampleForever() async {
        while !Task.isCancelled {
            await checkFolder()
            await sample()
            try? await Task.sleep(for: Self.period)
        }
    }

    /// A supervisor whose folder was removed or replaced has nothing left to keep: it must not go on
    /// beside its successor.
    private func checkFolder() {
        guard !ownsFolder() else { return }
        log.error("the state folder is gone")
        stop()
    }

    private func sample() async {
        guard let spec = target?.spec ?? serving?.spec else { return }
        for replica in replicas.values {
            let path = folder.log(replica.name)
            if let problem = LogFiles.rotate(path, maximumBytes: spec.logMaximumBytes, files: spec.logFiles) {
                log.warning("the log of \(replica.name) cannot be rotated: error \(problem)")
            }
        }
        let running = replicas.values.compactMap { replica in replica.process.map { ($0, replica) } }
        var counters: [ProcessIdentity: Double] = [:]
        if let metrics = spec.metrics, let throughput = metrics.throughput {
            let http = http
            await withTaskGroup(of: (ProcessIdentity, Double)?.self) { group in
                for (process, replica) in running where replica.lifecycle.isReady {
                    let port = replica.port
                    group.addTask {
                        let answer = try? await http.get(
                            port: port, path: metrics.path, timeout: Self.metricsTimeout,
                            maximumBody: Self.maximumMetrics)
                        guard let answer, answer.status == 200 else { return nil }
                        return PrometheusText.sum(of: throughput, in: String(decoding: answer.body, as: UTF8.self))
                            .map { (process, $0) }
                    }
                }
                for await counter in group {
                    if let counter { counters[counter.0] = counter.1 }
                }
            }
        }
        sampler.note(records: counters, of: running.map(\.0), at: now)
    }
}
