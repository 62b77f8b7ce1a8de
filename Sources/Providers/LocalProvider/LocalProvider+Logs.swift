package import ServiceModel

extension LocalProvider {
    /// Where lines begin with a time in the same format (RFC 3339), the replicas' lines are merged by it.
    package func logs(
        of service: ServiceIdentity, replica: String?, tail: Int?, follow: Bool
    ) -> AsyncThrowingStream<LogLine, any Error> {
        let folder = folder(service)
        let reader = LogReader(
            folder: folder,
            replica: replica.map { $0.hasPrefix("\(service.name)-") ? $0 : "\(service.name)-\($0)" })
        return AsyncThrowingStream { continuation in
            let task = Task {
                await reader.read(tail: tail, follow: follow) { continuation.yield($0) }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
