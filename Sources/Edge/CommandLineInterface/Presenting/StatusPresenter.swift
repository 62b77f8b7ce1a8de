import Documents
import ServiceModel
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// Prints what services are doing: the table of the platform's founding document, or data.
struct StatusPresenter {
    private let console: Console
    private let format: OutputFormat

    init(_ console: Console, _ format: OutputFormat) {
        self.console = console
        self.format = format
    }

    /// - Parameter replacing: whether to clear the terminal first, for a display that is kept up to date.
    func print(_ statuses: [ServiceStatus], replacing: Bool) {
        if replacing, console.isTerminal(.output) { console.write("\u{1B}[H\u{1B}[2J") }
        switch format {
        case .table, .wide: printTable(statuses)
        case .name: for status in statuses { console.print(status.service.name.value) }
        case .json, .yaml:
            let list: Node = [
                "apiVersion": "synthdata.io/v1", "kind": "ServiceStatusList",
                "items": .sequence(statuses.map(Self.document)),
            ]
            console.printDocument(list, as: format)
        }
    }

    private func printTable(_ statuses: [ServiceStatus]) {
        guard !statuses.isEmpty else {
            console.print("no services; `synthdata-infra deploy --type tabular --name demo` starts one", to: .error)
            return
        }
        let isWide = format == .wide
        var header = ["Service", "Type", "Status", "Throughput", "Resources"]
        if isWide { header += ["Provider", "Environment", "Replicas", "Version", "Endpoint", "Age"] }
        var table = Table(header: header)
        let now = Int(time(nil))
        for status in statuses {
            var row = [
                Table.Cell(status.service.name.value), Table.Cell(status.dataType.rawValue),
                Table.Cell(status.state.rawValue, Self.meaning(status.state)),
                Table.Cell(status.recordsPerHour.map { Rate(perHour: $0).description } ?? "—"),
                Table.Cell(Self.resources(status)),
            ]
            if isWide {
                row += [
                    Table.Cell(status.provider.rawValue), Table.Cell(status.environment.rawValue),
                    Table.Cell(Self.replicas(status, now)), Table.Cell(status.version),
                    Table.Cell(status.endpoint ?? "—"),
                    Table.Cell(TimeSpan(seconds: max(0, now - status.created)).description),
                ]
            }
            table.add(row)
        }
        console.print("Service Status:")
        for line in table.lines(style: console.style(for: .output), width: console.width(.output)) {
            console.print(line)
        }
        for status in statuses {
            if let cause = status.cause { console.print("\(status.service.name): \(cause)", to: .error) }
            if let scale = status.scaleOverride, let words = ScaleWords(scale, of: status.service, now: now).standing {
                console.print("\(status.service.name): \(words)", to: .error)
            }
        }
    }

    private static func replicas(_ status: ServiceStatus, _ now: Int) -> String {
        let scale = status.scaleOverride.flatMap { ScaleWords($0, of: status.service, now: now).brief }
        return "\(status.readyReplicas)/\(status.desiredReplicas)\(scale.map { " (\($0))" } ?? "")"
    }

    private static func resources(_ status: ServiceStatus) -> String {
        func percent(_ value: Double) -> String { "\(Int((value * 100).rounded()))%" }
        if let gpu = status.gpuUsage { return "\(percent(gpu)) GPU" }
        return status.cpuUsage.map { "\(percent($0)) CPU" } ?? "—"
    }

    private static func meaning(_ state: ServiceStatus.State) -> Style.Meaning {
        switch state {
        case .healthy: .good
        case .scaling, .updating, .degraded: .warning
        case .failed: .bad
        case .stopped: .faint
        }
    }

    private static func document(_ scale: ScaleOverride) -> Node {
        guard var mapping = scale.document.mapping, scale.expires != nil else { return scale.document }
        let now = Int(time(nil))
        mapping["expired"] = .bool(scale.isExpired(at: now))
        mapping["secondsLeft"] = scale.timeLeft(at: now).map { .integer($0.seconds) }
        return .mapping(mapping)
    }

    private static func document(_ status: ServiceStatus) -> Node {
        var mapping = Mapping()
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
        mapping["scale"] = status.scaleOverride.map { Self.document($0) }
        mapping["throughputPerHour"] = status.recordsPerHour.map { .number($0) }
        mapping["throughputWindowSeconds"] = status.throughputWindow.map { .integer($0.seconds) }
        mapping["cpuUsage"] = status.cpuUsage.map { .number($0) }
        mapping["memoryUsage"] = status.memoryUsage.map { .number($0) }
        mapping["gpuUsage"] = status.gpuUsage.map { .number($0) }
        mapping["endpoint"] = status.endpoint.map { .string($0) }
        mapping["created"] = .integer(status.created)
        mapping["instances"] = .sequence(
            status.replicas.map { replica in
                var mapping = Mapping()
                mapping["name"] = .string(replica.name)
                mapping["state"] = .string(replica.state)
                mapping["restarts"] = .integer(replica.restarts)
                mapping["started"] = replica.started.map { .integer($0) }
                mapping["revision"] = .integer(replica.revision)
                return .mapping(mapping)
            })
        return .mapping(mapping)
    }
}
