import NIOCore
import NIOPosix
import Synchronization

/// Runs the heavy requests on a few threads, and turns requests away when too many wait.
final class WorkQueue: Sendable {
    private let service: WorkloadService
    private let pool: NIOThreadPool
    private let maximumLength: Int
    private let latency: TimeAmount
    private let length = Mutex(0)

    init(service: WorkloadService, configuration: WorkloadConfiguration, threads: Int) {
        self.service = service
        maximumLength = configuration.limits.queuedRequests
        latency = .milliseconds(configuration.faults.latencyMilliseconds)
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    /// Answers `request` on a thread of the pool; the future completes on `eventLoop` and doesn't fail.
    func answer(_ request: ServiceRequest, on eventLoop: any EventLoop) -> EventLoopFuture<ServiceResponse> {
        guard let position = enter() else { return eventLoop.makeSucceededFuture(overloaded()) }
        service.metrics.setQueueLength(position)
        let delay = eventLoop.scheduleTask(in: latency) {}.futureResult
        let answered = delay.flatMap { [pool, service] in
            pool.runIfActive(eventLoop: eventLoop) { service.answer(request) }
        }
        return answered.recover { _ in self.stopped() }.always { _ in self.service.metrics.setQueueLength(self.leave())
        }
    }

    func shutdown() async {
        try? await pool.shutdownGracefully()
    }

    private func enter() -> Int? {
        length.withLock { length in
            guard length < maximumLength else { return nil }
            length += 1
            return length
        }
    }

    private func leave() -> Int {
        length.withLock { length in
            length -= 1
            return length
        }
    }

    private func overloaded() -> ServiceResponse {
        service.metrics.recordError()
        return .failure(
            ServiceError(
                .serviceUnavailable, code: "overloaded", message: "\(maximumLength) requests are waiting already",
                hint: "try again in a second, or add a replica"),
            headers: [ServiceResponse.Header(name: "Retry-After", value: "1")])
    }

    private func stopped() -> ServiceResponse {
        .failure(
            ServiceError(
                .serviceUnavailable, code: "stopping", message: "the service is stopping",
                hint: "send the request to another replica"))
    }
}
