import Diagnostics
import ServiceModel

extension ServiceSupervisor {
    /// What is known now.
    func snapshot() -> ServiceSnapshot {
        let ordered = replicas.values.sorted { $0.slot < $1.slot }
        let (state, cause) = judgement(ordered)
        let usage = sampler.usage(
            cpuMilli: target?.spec.cpuMilli, memoryBytes: target?.spec.memoryBytes, replicas: desiredReplicas)
        return ServiceSnapshot(
            supervisor: identity, revision: target?.release.revision ?? failure?.revision ?? 0, state: state,
            cause: cause, desiredReplicas: desiredReplicas, replicas: ordered.map(\.snapshot), port: port,
            failure: failure, recordsPerHour: usage.recordsPerHour, cpuUsage: usage.cpu, memoryUsage: usage.memory)
    }

    private func judgement(_ replicas: [SupervisedReplica]) -> (ServiceStatus.State, String?) {
        guard let target else { return failure.map { (.failed, $0.diagnostic.what) } ?? (.stopped, nil) }
        let ready = replicas.count { $0.lifecycle.isReady && !$0.lifecycle.isStopping }
        let failed = failure.map { "revision \($0.revision) failed: \($0.diagnostic.what)" }
        if !isSettled {
            let isScaling = target.spec.template == serving?.spec.template
            return (isScaling ? .scaling : .updating, failed)
        }
        if target.spec.replicas == 0 { return (.stopped, "scaled to 0 replicas") }
        if ready >= target.spec.replicas { return (.healthy, failed) }
        let missing = replicas.filter { !$0.lifecycle.isReady }.map { replica in
            "\(replica.name) \(replica.word)\(replica.lifecycle.trouble.map { ": \($0)" } ?? "")"
        }
        return (ready == 0 ? .failed : .degraded, missing.joined(separator: "; "))
    }
}
