import Logging

/// Every two seconds: what the replicas use and produce, and whether their logs have grown too long.
extension ServiceSupervisor {
    private static let period = Duration.seconds(2)
    private static let maximumMetrics = 4 << 20
    private static let metricsTimeout = 1000

    nonisolated func sampleForever() async {
        while !Task.isCancelled {
            await sample()
            try? await Task.sleep(for: Self.period)
        }
    }

    private func sample() async {
        guard let spec = target?.spec ?? serving?.spec else { return }
        for replica in replicas.values {
            let path = folder.log(replica.name)
            if let problem = LogFiles.rotate(path, maximumBytes: spec.logMaximumBytes, files: spec.logFiles) {
                log.warning("the log of \(replica.name) cannot be rotated: error \(problem)")
            }
        }
        let running = replicas.values.compactMap { replica in
            replica.process.map { (key: "\($0.pid)-\($0.startTicks)", pid: $0.pid, replica: replica) }
        }
        var counters: [String: Double] = [:]
        if let metrics = spec.metrics, let throughput = metrics.throughput {
            let http = http
            await withTaskGroup(of: (String, Double)?.self) { group in
                for item in running where item.replica.lifecycle.isReady {
                    let port = item.replica.port
                    group.addTask {
                        let answer = try? await http.get(
                            port: port, path: metrics.path, timeout: Self.metricsTimeout,
                            maximumBody: Self.maximumMetrics)
                        guard let answer, answer.status == 200 else { return nil }
                        return PrometheusText.sum(of: throughput, in: String(decoding: answer.body, as: UTF8.self))
                            .map { (item.key, $0) }
                    }
                }
                for await counter in group {
                    if let counter { counters[counter.0] = counter.1 }
                }
            }
        }
        sampler.note(records: counters, sessions: Set(running.map(\.pid)), at: now)
    }
}
