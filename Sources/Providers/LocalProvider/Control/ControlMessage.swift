import Diagnostics
import Documents
import ServiceModel

/// The language of the control socket: one request line, then event lines until an event that is last.
/// A line is a JSON object; `protocol` counts the versions of this file.
enum ControlMessage {
    static let version = 1
    /// Longer lines are not ours, in bytes.
    static let maximumLine = 4 << 20

    enum Request: Sendable, Equatable {
        /// Tell what is; one `status` event.
        case status
        /// Run what `desired.json` says, which must be this revision; ends with `ready` or `failed`.
        case apply(revision: Int)
        /// Drain and end all replicas and exit; ends with `stopped`.
        case stop
        /// Exit and leave the replicas running, for a successor that adopts them; ends with `stopped`.
        case retire

        var document: Node {
            var result = Mapping()
            result["protocol"] = .integer(ControlMessage.version)
            switch self {
            case .status: result["request"] = "status"
            case .apply(let revision):
                result["request"] = "apply"
                result["revision"] = .integer(revision)
            case .stop: result["request"] = "stop"
            case .retire: result["request"] = "retire"
            }
            return .mapping(result)
        }

        /// - Throws: ``Diagnostic`` telling what this supervisor speaks, when it is not this.
        init(document: Node) throws(Diagnostic) {
            guard document["protocol"]?.integer == ControlMessage.version else {
                throw Diagnostic(
                    .error, .supervisorProtocol,
                    "this supervisor speaks protocol \(ControlMessage.version) of the control socket only",
                    fix: "deploy again with the version of the tool that started it, or with a newer one")
            }
            switch document["request"]?.string {
            case "status": self = .status
            case "stop": self = .stop
            case "retire": self = .retire
            case "apply":
                guard let revision = document["revision"]?.integer else { fallthrough }
                self = .apply(revision: revision)
            default: throw Diagnostic(.error, .supervisor, "the control request is not understood")
            }
        }
    }

    enum Event: Sendable {
        case status(ServiceSnapshot)
        case progress(ready: Int, desired: Int, message: String)
        case warning(String)
        case ready(endpoint: String?)
        case failed(Diagnostic)
        case stopped

        /// Whether no event follows.
        var isLast: Bool {
            switch self {
            case .status, .ready, .failed, .stopped: true
            case .progress, .warning: false
            }
        }

        var document: Node {
            switch self {
            case .status(let snapshot): return ["event": "status", "status": snapshot.document]
            case .progress(let ready, let desired, let message):
                return [
                    "event": "progress", "ready": .integer(ready), "desired": .integer(desired),
                    "message": .string(message),
                ]
            case .warning(let text): return ["event": "warning", "message": .string(text)]
            case .ready(let endpoint):
                return ["event": "ready", "endpoint": endpoint.map { .string($0) } ?? .null]
            case .failed(let diagnostic): return ["event": "failed", "diagnostic": diagnostic.document]
            case .stopped: return ["event": "stopped"]
            }
        }

        init?(document: Node) {
            switch document["event"]?.string {
            case "status":
                guard let snapshot = document["status"].flatMap(ServiceSnapshot.init(document:)) else { return nil }
                self = .status(snapshot)
            case "progress":
                self = .progress(
                    ready: document["ready"]?.integer ?? 0, desired: document["desired"]?.integer ?? 0,
                    message: document["message"]?.string ?? "")
            case "warning": self = .warning(document["message"]?.string ?? "")
            case "ready": self = .ready(endpoint: document["endpoint"]?.string)
            case "failed":
                guard let diagnostic = document["diagnostic"].flatMap(Diagnostic.init(document:)) else { return nil }
                self = .failed(diagnostic)
            case "stopped": self = .stopped
            default: return nil
            }
        }
    }
}
