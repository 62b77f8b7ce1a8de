import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel

/// What happened to a service, as a line of JSON: `apiVersion: synthdata.io/v1`, `kind: DeploymentEvent`, `time`
/// (RFC 3339), `service`, `namespace`, `type`, and the fields of that type.
///
/// Types and fields are only ever added within `v1`.
struct EventRecord {
    private var fields = Mapping()

    private init(_ type: String, of service: ServiceIdentity, at time: Date) {
        fields["apiVersion"] = "synthdata.io/v1"
        fields["kind"] = "DeploymentEvent"
        fields["time"] = .string(Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(time))
        fields["service"] = .string(service.name.value)
        fields["namespace"] = .string(service.namespace)
        fields["type"] = .string(type)
    }

    var document: Node { .mapping(fields) }

    /// One line, without the newline.
    var line: String { JSONEmitter.emit(document) }

    static func of(_ event: DeploymentEvent, _ service: ServiceIdentity, at time: Date) -> EventRecord {
        var record = EventRecord(name(of: event), of: service, at: time)
        switch event {
        case .planned(let plan):
            record.fields["revision"] = .integer(plan.release.revision)
            record.fields["baseRevision"] = .integer(plan.baseRevision)
            record.fields["hasChanges"] = .bool(plan.hasChanges)
            record.fields["effect"] = .string(plan.effect.name)
            record.fields["changes"] = .sequence(
                plan.changes.filter { $0.action != .unchanged }.map { change in
                    var entry = resource(change.resource, change.action)
                    entry["effect"] = .string(change.effect.name)
                    entry["reason"] = change.reason.map { .string($0) }
                    return .mapping(entry)
                })
        case .waitingForLock(let holder): record.fields["holder"] = .string(holder)
        case .applying(let identity, let action), .applied(let identity, let action):
            for entry in resource(identity, action).entries { record.fields[entry.key] = entry.value }
        case .progress(let ready, let desired, let message):
            record.fields["ready"] = .integer(ready)
            record.fields["desired"] = .integer(desired)
            record.fields["message"] = .string(message)
        case .working(let message), .warning(let message): record.fields["message"] = .string(message)
        case .ready(let endpoint): record.fields["endpoint"] = endpoint.map { .string($0) }
        case .rollingBack(let revision): record.fields["toRevision"] = .integer(revision)
        }
        return record
    }

    /// The last event of a service that went well.
    static func finished(_ result: DeploymentResult, _ status: String, at time: Date) -> EventRecord {
        var record = EventRecord("finished", of: result.service, at: time)
        record.fields["status"] = .string(status)
        record.fields["changed"] = .bool(result.changed)
        record.fields["revision"] = .integer(result.revision)
        record.fields["endpoint"] = result.endpoint.map { .string($0) }
        record.fields["leftovers"] = .sequence(result.leftovers.map { .string($0) })
        return record
    }

    /// The last event of a service that did not.
    static func failed(_ service: ServiceIdentity, _ problems: [Diagnostic], at time: Date) -> EventRecord {
        var record = EventRecord("failed", of: service, at: time)
        record.fields["diagnostics"] = .sequence(problems.map(\.document))
        return record
    }

    private static func resource(_ identity: Resource.Identity, _ action: Change.Action) -> Mapping {
        var fields = Mapping()
        fields["resource"] = .string("\(identity)")
        fields["resourceApiVersion"] = .string(identity.apiVersion)
        fields["action"] = .string(action.rawValue)
        return fields
    }

    private static func name(of event: DeploymentEvent) -> String {
        switch event {
        case .planned: "planned"
        case .waitingForLock: "waitingForLock"
        case .applying: "applying"
        case .applied: "applied"
        case .progress: "progress"
        case .working: "working"
        case .warning: "warning"
        case .ready: "ready"
        case .rollingBack: "rollingBack"
        }
    }
}
