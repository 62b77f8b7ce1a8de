import ServiceModel
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// A line for each service.
struct StatusTable {
    private(set) var table: Table

    init(_ page: StatusPage, isWide: Bool) {
        let hasContexts = !page.unreachable.isEmpty || page.rows.contains { $0.context != nil }
        var header = ["Service", "Type", "Status", "Throughput", "Resources"]
        let hasNamespaces = page.hasSeveralNamespaces
        if hasNamespaces { header.insert("Namespace", at: 0) }
        if hasContexts { header.insert("Context", at: 0) }
        if isWide { header += ["Provider", "Environment", "Replicas", "Version", "Endpoint", "Age"] }
        table = Table(header: header)
        let now = Int(time(nil))
        for row in page.rows {
            let status = row.status
            var cells = [
                Table.Cell(status.service.name.value), Table.Cell(status.dataType.rawValue),
                Table.Cell(status.state.rawValue, Self.meaning(status.state)),
                Table.Cell(status.recordsPerHour.map { Rate(perHour: $0).description } ?? "—"),
                Table.Cell(Self.resources(status)),
            ]
            if hasNamespaces { cells.insert(Table.Cell(status.service.namespace), at: 0) }
            if hasContexts { cells.insert(Table.Cell(row.context ?? "—"), at: 0) }
            if isWide {
                cells += [
                    Table.Cell(status.provider.rawValue), Table.Cell(status.environment.rawValue),
                    Table.Cell(Self.replicas(status, now)), Table.Cell(status.version),
                    Table.Cell(status.endpoint ?? "—"),
                    Table.Cell(TimeSpan(seconds: max(0, now - status.created)).description),
                ]
            }
            table.add(cells)
        }
        for (context, _) in page.unreachable {
            table.add(
                header.map { title in
                    switch title {
                    case "Context": Table.Cell(context)
                    case "Status": Table.Cell("unreachable", .bad)
                    default: Table.Cell("—")
                    }
                })
        }
    }

    private static func replicas(_ status: ServiceStatus, _ now: Int) -> String {
        let scale = status.scaleOverride.flatMap {
            ScaleWords($0, of: status.service, at: status.provider, now: now).brief
        }
        return "\(status.readyReplicas)/\(status.desiredReplicas)\(scale.map { " (\($0))" } ?? "")"
    }

    private static func resources(_ status: ServiceStatus) -> String {
        if let gpu = status.gpuUsage { return "\(percent(gpu)) GPU" }
        return status.cpuUsage.map { "\(percent($0)) CPU" } ?? "—"
    }

    static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }

    static func meaning(_ state: ServiceStatus.State) -> Style.Meaning {
        switch state {
        case .healthy: .good
        case .scaling, .updating, .degraded: .warning
        case .failed: .bad
        case .stopped: .faint
        }
    }
}
