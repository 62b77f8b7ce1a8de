import Diagnostics
import Documents
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// What services are doing, as data.
enum StatusDocument {
    static func list(_ page: StatusPage) -> Node {
        var list = Mapping()
        list["apiVersion"] = "synthdata.io/v1"
        list["kind"] = "ServiceStatusList"
        list["items"] = .sequence(page.rows.map(item))
        if !page.unreachable.isEmpty {
            list["unreachable"] = .sequence(
                page.unreachable.map { context, problems in
                    ["context": .string(context), "diagnostics": .sequence(problems.map(\.document))]
                })
        }
        return .mapping(list)
    }

    private static func item(_ row: StatusPage.Row) -> Node {
        let status = row.status
        var mapping = Mapping()
        mapping["context"] = row.context.map { .string($0) }
        mapping["name"] = .string(status.service.name.value)
        mapping["namespace"] = .string(status.service.namespace)
        mapping["type"] = .string(status.dataType.rawValue)
        mapping["status"] = .string(status.state.rawValue)
        mapping["cause"] = status.cause.map { .string($0) }
        mapping["provider"] = .string(status.provider.rawValue)
        mapping["environment"] = .string(status.environment.rawValue)
        mapping["version"] = .string(status.version)
        mapping["revision"] = .integer(status.revision)
        mapping["replicas"] = ["desired": .integer(status.desiredReplicas), "ready": .integer(status.readyReplicas)]
        mapping["scale"] = status.scaleOverride.map(scale)
        mapping["throughputPerHour"] = status.recordsPerHour.map { .number($0) }
        mapping["throughputWindowSeconds"] = status.throughputWindow.map { .integer($0.seconds) }
        mapping["throughputReplicas"] = status.throughputReplicas.map { .integer($0) }
        mapping["throughputProblem"] = status.throughputProblem.map { .string($0) }
        mapping["cpuUsage"] = status.cpuUsage.map { .number($0) }
        mapping["memoryUsage"] = status.memoryUsage.map { .number($0) }
        mapping["gpuUsage"] = status.gpuUsage.map { .number($0) }
        mapping["endpoint"] = status.endpoint.map { .string($0) }
        mapping["created"] = .integer(status.created)
        mapping["instances"] = .sequence(status.replicas.map(instance))
        if let inspection = row.inspection {
            mapping["conditions"] = .sequence(inspection.conditions.map(condition))
            mapping["events"] = .sequence(inspection.events.map(event))
            mapping["problem"] = inspection.problem?.document
        }
        return .mapping(mapping)
    }

    private static func scale(_ scale: ScaleOverride) -> Node {
        guard var mapping = scale.document.mapping, scale.expires != nil else { return scale.document }
        let now = Int(time(nil))
        mapping["expired"] = .bool(scale.isExpired(at: now))
        mapping["secondsLeft"] = scale.timeLeft(at: now).map { .integer($0.seconds) }
        return .mapping(mapping)
    }

    private static func instance(_ replica: ServiceStatus.Replica) -> Node {
        var mapping = Mapping()
        mapping["name"] = .string(replica.name)
        mapping["state"] = .string(replica.state)
        mapping["restarts"] = .integer(replica.restarts)
        mapping["started"] = replica.started.map { .integer($0) }
        mapping["revision"] = .integer(replica.revision)
        mapping["node"] = replica.node.map { .string($0) }
        return .mapping(mapping)
    }

    private static func condition(_ condition: ServiceInspection.Condition) -> Node {
        var mapping = Mapping()
        mapping["subject"] = .string(condition.subject)
        mapping["type"] = .string(condition.type)
        mapping["status"] = .string(condition.status)
        mapping["reason"] = .string(condition.reason)
        mapping["message"] = .string(condition.message)
        mapping["since"] = condition.since.map { .integer($0) }
        return .mapping(mapping)
    }

    private static func event(_ event: ServiceInspection.Event) -> Node {
        [
            "subject": .string(event.subject), "type": event.isWarning ? "Warning" : "Normal",
            "reason": .string(event.reason), "message": .string(event.message), "count": .integer(event.count),
            "time": .integer(event.time),
        ]
    }
}
