package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// The reference workload: an HTTP server over one generator, with background generation beside it.
///
/// ```swift
/// let server = try WorkloadServer(configuration: configuration, logger: logger)
/// try await server.run { port in print("listening on \(port)") }
/// ```
///
/// `run` returns after `shutdown()` or the cancellation of its task, when the requests in flight are answered or the
/// grace period is over. Signals are the caller's business; `WorkloadProcess` is the caller for command lines.
package struct WorkloadServer: Sendable {
    private let configuration: WorkloadConfiguration
    private let service: WorkloadService
    private let logger: Logger
    private let stopRequests: AsyncStream<Never>
    private let stop: AsyncStream<Never>.Continuation

    /// Reads the sample and learns from it; listens to nothing yet.
    ///
    /// - Throws: `StartupError` with the exit code 2 when the sample can't be used.
    package init(configuration: WorkloadConfiguration, logger: Logger) throws(StartupError) {
        self.configuration = configuration
        self.logger = logger
        service = try WorkloadService(configuration)
        (stopRequests, stop) = AsyncStream.makeStream()
    }

    /// Asks `run` to end gracefully: `/readyz` turns 503 at once, and the listening socket closes after the
    /// configured drain time. May be called at any time, more than once, from any thread; when called before `run`,
    /// that run ends as soon as it has started.
    package func shutdown() {
        service.readiness.stop()
        stop.finish()
    }

    /// Listens, serves and generates until the shutdown. Call it once.
    ///
    /// - Parameter onListening: called once with the bound port, when connections are accepted.
    /// - Throws: `StartupError` when the address can't be bound: exit code 98 when another program has it.
    package func run(onListening: @Sendable (Int) -> Void = { _ in }) async throws(StartupError) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let queue = WorkQueue(service: service, configuration: configuration, threads: System.coreCount)
        let ledger = ConnectionLedger(maximumConnections: configuration.limits.connections)
        let listener: any Channel
        do {
            listener = try await bootstrap(group, queue, ledger)
                .bind(host: configuration.host, port: configuration.port).get()
        } catch {
            await queue.shutdown()
            try? await group.shutdownGracefully()
            throw bindFailure(error)
        }
        let port = listener.localAddress?.port ?? configuration.port
        logger.notice("listening", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
        onListening(port)
        let background = Task { [configuration, service, logger] in
            await Self.runBackground(configuration, service, logger)
        }
        for await _ in stopRequests {}
        service.readiness.stop()
        logger.notice("stopping", metadata: ["requests_in_flight": "\(ledger.requestsInFlight)"])
        background.cancel()
        // In a task of its own, because sleeping ends at once in this one when it is cancelled.
        await Task { [configuration] in
            // Whoever routes requests here takes a moment to see that this server is not ready any more.
            try? await Task.sleep(for: .seconds(configuration.drainSeconds))
            try? await listener.close()
            await Self.drain(ledger, within: configuration.limits.gracePeriodSeconds)
        }.value
        await background.value
        let abandoned = ledger.requestsInFlight
        ledger.closeAll()
        guard abandoned == 0 else {
            // Their threads can't be interrupted: waiting for them would outlast the grace period.
            logger.warning("stopped before all requests were answered", metadata: ["abandoned": "\(abandoned)"])
            return
        }
        await queue.shutdown()
        try? await group.shutdownGracefully()
        logger.notice("stopped")
    }

    private func bootstrap(
        _ group: any EventLoopGroup, _ queue: WorkQueue, _ ledger: ConnectionLedger
    ) -> ServerBootstrap {
        let limits = configuration.limits
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [service] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard ledger.admit(channel) else { throw ChannelError.ioOnClosedChannel }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(limits.idleSeconds)))
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
                    try pipeline.addHandler(
                        RequestHandler(service: service, queue: queue, ledger: ledger, bodyLimit: limits.bodyBytes))
                }
            }
    }

    private static func runBackground(
        _ configuration: WorkloadConfiguration, _ service: WorkloadService, _ logger: Logger
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                let clock = ContinuousClock()
                var usage = ResourceUsage(now: clock.now)
                while !Task.isCancelled {
                    let sample = usage.sample(now: clock.now)
                    service.metrics.setUsage(cpu: sample.cpu, memory: sample.memory)
                    try? await clock.sleep(for: .seconds(2), tolerance: .milliseconds(200))
                }
            }
            group.addTask {
                var generation = BackgroundGeneration(
                    configuration, generator: service.generator, metrics: service.metrics, logger: logger)
                await generation?.run()
            }
        }
    }

    private static func drain(_ ledger: ConnectionLedger, within seconds: Int64) async {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(seconds)
        while ledger.requestsInFlight > 0, clock.now < deadline {
            try? await clock.sleep(for: .milliseconds(10))
        }
    }

    private func bindFailure(_ error: any Error) -> StartupError {
        let address = "\(configuration.host):\(configuration.port)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            return StartupError(
                .addressInUse, message: "address \(address) is already in use",
                hint: "stop the other program, or set PORT to another port; 0 picks a free one")
        case EADDRNOTAVAIL:
            return StartupError(
                .invalidConfiguration, message: "\(configuration.host) is not an address of this machine",
                hint: "listen on 127.0.0.1, or on 0.0.0.0 for all addresses")
        case EACCES:
            return StartupError(
                .failed, message: "not allowed to listen on \(address)", hint: "use a port above 1023")
        default:
            return StartupError(
                .failed, message: "cannot listen on \(address): \(error)", hint: "check the host and the port")
        }
    }
}
