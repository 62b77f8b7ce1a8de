import ServiceModel
import Synchronization

/// What a deployment told, one line an event.
final class EventLog: Sendable {
    private let told = Mutex<[String]>([])

    var lines: [String] { told.withLock { $0 } }

    var report: @Sendable (DeploymentEvent) -> Void {
        { [self] event in
            let line: String? =
                switch event {
                case .applying(let resource, let action): "applying \(action.rawValue) \(resource)"
                case .applied(let resource, let action): "applied \(action.rawValue) \(resource)"
                case .progress(_, _, let message), .working(let message): message
                case .warning(let message): "warning \(message)"
                default: nil
                }
            if let line { told.withLock { $0.append(line) } }
        }
    }
}
