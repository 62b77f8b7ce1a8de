import Diagnostics
package import ServiceModel

/// Observing: the supervisors are asked all at once; where none runs, the files tell.
extension LocalProvider {
    package func observe(_ services: [ServiceIdentity]?) async throws -> [ServiceStatus] {
        let asked = try services ?? FileReleaseStore.folders(root: root)
        return await withTaskGroup(of: (Int, ServiceStatus?).self) { group in
            for (index, service) in asked.enumerated() {
                group.addTask { (index, await self.observe(service)) }
            }
            var found: [(Int, ServiceStatus)] = []
            for await (index, status) in group {
                if let status { found.append((index, status)) }
            }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func observe(_ service: ServiceIdentity) async -> ServiceStatus? {
        let folder = folder(service)
        let serving = DesiredState.read(folder.serving, warn: warn)
        guard let desired = DesiredState.read(folder.desired, warn: warn) ?? serving else {
            return await neverStarted(service)
        }
        // What runs may be older than the record: a scaling to what runs already changes only that.
        let scale = try? await releases.releases(of: service).last { $0.status == .deployed }?.scaleOverride
        if let live = try? await ControlClient(folder: folder).status() {
            let shown = serving?.release.revision == live.revision ? serving ?? desired : desired
            return status(shown, live, scale)
        }
        return unsupervised(desired, serving, folder, scale)
    }

    /// A service whose only deployments failed before anything could run.
    private func neverStarted(_ service: ServiceIdentity) async -> ServiceStatus? {
        guard let last = try? await releases.releases(of: service).last, last.status == .failed else { return nil }
        return ServiceStatus(
            service: service, dataType: last.dataType, provider: kind, environment: last.environment,
            version: last.version, revision: last.revision, state: .failed,
            cause: "revision \(last.revision) could not be started; deploy again to see why", desiredReplicas: 0,
            readyReplicas: 0, replicas: [], recordsPerHour: nil, cpuUsage: nil, memoryUsage: nil, gpuUsage: nil,
            endpoint: nil, created: last.created)
    }

    private func status(_ shown: DesiredState, _ live: ServiceSnapshot, _ scale: ScaleOverride?) -> ServiceStatus {
        ServiceStatus(
            service: shown.release.service, dataType: shown.release.dataType, provider: kind,
            environment: shown.release.environment, version: shown.release.version, revision: live.revision,
            state: live.state, cause: live.cause, desiredReplicas: live.desiredReplicas,
            readyReplicas: live.replicas.count { $0.state == "ready" },
            replicas: live.replicas.map { replica in
                ServiceStatus.Replica(
                    name: replica.name, state: replica.state, restarts: replica.restarts, started: replica.started,
                    revision: replica.revision)
            },
            scaleOverride: scale, recordsPerHour: live.replicas.isEmpty ? nil : live.recordsPerHour,
            throughputWindow: live.recordsPerHour == nil ? nil : TimeSpan(milliseconds: UsageSampler.window),
            cpuUsage: live.replicas.isEmpty ? nil : live.cpuUsage,
            memoryUsage: live.replicas.isEmpty ? nil : live.memoryUsage,
            gpuUsage: nil, endpoint: live.port.map { "http://127.0.0.1:\($0)" }, created: shown.created)
    }

    /// - Parameters:
    ///   - desired: what was asked for last.
    ///   - serving: what was ready last, which a supervisor would go back to if the former had failed.
    private func unsupervised(
        _ desired: DesiredState, _ serving: DesiredState?, _ folder: StateFolder, _ scale: ScaleOverride?
    ) -> ServiceStatus {
        let record = ServiceSnapshot.read(folder, warn: warn)
        let failure = record?.failure.flatMap { $0.revision == desired.release.revision ? $0 : nil }
        let shown = failure == nil ? desired : serving ?? desired
        let isFailed = failure?.revision == shown.release.revision
        return ServiceStatus(
            service: shown.release.service, dataType: shown.release.dataType, provider: kind,
            environment: shown.release.environment, version: shown.release.version,
            revision: shown.release.revision, state: isFailed ? .failed : .stopped,
            cause: isFailed ? failure?.diagnostic.what : Self.absence(record, of: shown),
            desiredReplicas: shown.spec.replicas, readyReplicas: 0, replicas: [], scaleOverride: scale,
            recordsPerHour: nil, cpuUsage: nil, memoryUsage: nil, gpuUsage: nil, endpoint: nil, created: shown.created)
    }

    /// That nobody watches the service, what runs of it, and the commands that mend it.
    private static func absence(_ record: ServiceSnapshot?, of shown: DesiredState) -> String {
        let again =
            "deploy it again or run `synthdata-infra rollback \(shown.release.service.name) --to-revision "
            + "\(shown.release.revision)`"
        if let supervisor = record?.supervisor, supervisor.isRunning {
            return "its supervisor (pid \(supervisor.pid)) does not answer; \(again) to replace it"
        }
        let count = record?.replicas.count { $0.process?.isRunning == true } ?? 0
        let rest =
            count == 0
            ? "none of its replicas runs"
            : "\(count) of its \(shown.spec.replicas) replicas still run, but nothing watches them and no endpoint answers"
        return "its supervisor is gone and \(rest); \(again) to start it"
    }
}
