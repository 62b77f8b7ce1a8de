import NIOCore
import Synchronization

/// The open connections and the requests in flight, so that a shutdown can wait for one and close the other.
final class ConnectionLedger: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var requestsInFlight = 0
    }

    private let state = Mutex(State())
    private let maximumConnections: Int

    init(maximumConnections: Int) {
        self.maximumConnections = maximumConnections
    }

    /// Takes a connection in; false when there are too many already.
    func admit(_ channel: any Channel) -> Bool {
        let isAdmitted = state.withLock { state in
            guard state.channels.count < maximumConnections else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        guard isAdmitted else { return false }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
        }
        return true
    }

    func requestBegan() { state.withLock { $0.requestsInFlight += 1 } }

    func requestEnded() { state.withLock { $0.requestsInFlight -= 1 } }

    var requestsInFlight: Int { state.withLock { $0.requestsInFlight } }

    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}
