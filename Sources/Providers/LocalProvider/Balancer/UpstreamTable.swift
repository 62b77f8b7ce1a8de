import NIOCore

/// The replicas that take requests, chosen by fewest requests in flight.
///
/// Lives on the balancer's one event loop; every method asserts that.
final class UpstreamTable {
    private let loop: any EventLoop
    private var upstreams: [Upstream] = []
    private var waiters: [(identifier: Int, resume: () -> Void)] = []
    private var nextWaiter = 0
    /// Where the search starts, so that equally loaded replicas take turns.
    private var turn = 0

    init(loop: any EventLoop) {
        self.loop = loop
    }

    func admit(name: String, port: Int) {
        loop.assertInEventLoop()
        if let known = upstreams.first(where: { $0.name == name && !$0.isDraining }) {
            if known.port == port { return }
            known.drain()
        }
        upstreams.append(Upstream(name: name, port: port))
        let resumed = waiters
        waiters = []
        for waiter in resumed { waiter.resume() }
    }

    /// Sends no more requests to a replica; the future succeeds when its last one is answered.
    func withdraw(name: String) -> EventLoopFuture<Void> {
        loop.assertInEventLoop()
        let promise = loop.makePromise(of: Void.self)
        let leaving = upstreams.filter { $0.name == name }
        upstreams.removeAll { $0.name == name }
        var remaining = leaving.count
        guard remaining > 0 else {
            promise.succeed()
            return promise.futureResult
        }
        for upstream in leaving {
            upstream.whenDrained {
                remaining -= 1
                if remaining == 0 { promise.succeed() }
            }
            upstream.drain()
        }
        return promise.futureResult
    }

    /// The least loaded replica that is not in `excluded`.
    func pick(excluding excluded: Set<String>) -> Upstream? {
        loop.assertInEventLoop()
        guard !upstreams.isEmpty else { return nil }
        turn = (turn + 1) % upstreams.count
        var best: Upstream?
        for offset in upstreams.indices {
            let upstream = upstreams[(turn + offset) % upstreams.count]
            if excluded.contains(upstream.name) { continue }
            if best.map({ upstream.outstanding < $0.outstanding }) ?? true { best = upstream }
        }
        return best
    }

    /// Calls `resume` when a replica is admitted; the token cancels that.
    func wait(_ resume: @escaping () -> Void) -> Int {
        loop.assertInEventLoop()
        nextWaiter += 1
        waiters.append((nextWaiter, resume))
        return nextWaiter
    }

    func cancelWait(_ token: Int) {
        loop.assertInEventLoop()
        waiters.removeAll { $0.identifier == token }
    }
}

/// One replica as the balancer sees it, and the connections to it that wait for their next request.
final class Upstream {
    let name: String
    let port: Int
    private(set) var outstanding = 0
    private(set) var isDraining = false
    private var idle: [UpstreamConnection] = []
    private var drained: [() -> Void] = []

    private static let maximumIdle = 64

    init(name: String, port: Int) {
        self.name = name
        self.port = port
    }

    func begin() {
        outstanding += 1
    }

    func end() {
        outstanding -= 1
        finishDraining()
    }

    func takeIdle() -> UpstreamConnection? {
        while let connection = idle.popLast() {
            if connection.isUsable { return connection }
        }
        return nil
    }

    func keep(_ connection: UpstreamConnection) {
        if isDraining || idle.count >= Self.maximumIdle {
            connection.close()
        } else {
            idle.append(connection)
        }
    }

    func forget(_ connection: UpstreamConnection) {
        idle.removeAll { $0 === connection }
    }

    func whenDrained(_ action: @escaping () -> Void) {
        drained.append(action)
    }

    func drain() {
        isDraining = true
        let closing = idle
        idle = []
        for connection in closing { connection.close() }
        finishDraining()
    }

    private func finishDraining() {
        guard isDraining, outstanding == 0 else { return }
        let actions = drained
        drained = []
        for action in actions { action() }
    }
}
