import Diagnostics
import ServiceModel
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// One service in detail, for a person.
struct StatusDetail {
    private let inspection: ServiceInspection
    private let place: CloudPlace?
    private let style: Style
    private let width: Int?
    private let now = Int(time(nil))

    /// - Parameters:
    ///   - place: the cluster at a cloud that the service is in.
    ///   - width: of the terminal; nil where lines may be as long as they are.
    init(_ inspection: ServiceInspection, in place: CloudPlace? = nil, style: Style, width: Int?) {
        self.inspection = inspection
        self.place = place
        self.style = style
        self.width = width
    }

    var lines: [String] {
        facts + section("Replicas", replicas) + section("Conditions", conditions) + section("Events", events)
            + problem
    }

    private var facts: [String] {
        let status = inspection.status
        var facts = [
            ("Service", "\(status.service.name) in \(status.service.namespace)"),
            ("Revision", "\(status.revision), version \(status.version)"),
            ("Replicas", "\(status.readyReplicas) of \(status.desiredReplicas) ready"),
        ]
        if let scale = status.scaleOverride {
            let words = ScaleWords(scale, of: status.service, at: status.provider, in: place, now: now)
            facts.append(("Scale", words.standing ?? words.lasting))
        }
        facts.append(("Throughput", throughput(status)))
        let used = [
            status.cpuUsage.map { "\(StatusTable.percent($0)) CPU" },
            status.memoryUsage.map { "\(StatusTable.percent($0)) memory" },
            status.gpuUsage.map { "\(StatusTable.percent($0)) GPU" },
        ].compactMap(\.self)
        facts.append(("Resources", used.isEmpty ? "—" : used.joined(separator: ", ") + " of what is granted"))
        facts.append(("Endpoint", status.endpoint ?? "—"))
        if let cause = status.cause, inspection.problem == nil { facts.append(("Cause", cause)) }
        let longest = facts.map(\.0.count).max() ?? 0
        return facts.map { name, value in
            style.apply(.strong, name) + String(repeating: " ", count: longest - name.count + 2) + value.visible
        }
    }

    private func throughput(_ status: ServiceStatus) -> String {
        guard let rate = status.recordsPerHour else {
            return "—\(status.throughputProblem.map { " (\($0))" } ?? "")"
        }
        var text = Rate(perHour: rate).description
        if let window = status.throughputWindow { text += " over the last \(window)" }
        if let replicas = status.throughputReplicas, replicas < status.readyReplicas {
            text += ", by the \(replicas) of \(status.readyReplicas) replicas that tell"
        }
        return text
    }

    private var replicas: [[String]] {
        let hasNodes = inspection.status.replicas.contains { $0.node != nil }
        return inspection.status.replicas.map { replica in
            [
                replica.name, replica.state, "\(replica.restarts) restart\(replica.restarts == 1 ? "" : "s")",
                replica.started.map { age($0) } ?? "not started",
            ] + (hasNodes ? [replica.node ?? "no node"] : [])
        }
    }

    private var conditions: [[String]] {
        inspection.conditions.map { condition in
            [
                condition.subject, "\(condition.type)=\(condition.status)", condition.since.map { age($0) } ?? "",
                condition.message.isEmpty ? condition.reason : condition.message,
            ]
        }
    }

    private var events: [[String]] {
        inspection.events.map { event in
            [
                "\(age(event.time)) ago", event.isWarning ? "warning" : "", event.subject,
                "\(event.reason): \(event.message)\(event.count > 1 ? " (\(event.count) times)" : "")",
            ]
        }
    }

    private var problem: [String] {
        guard let problem = inspection.problem else { return [] }
        return [""] + "\(problem)".visible.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func age(_ time: Int) -> String { TimeSpan(seconds: max(0, now - time)).description }

    /// Rows in columns; the last one is cut where the terminal ends.
    private func section(_ title: String, _ rows: [[String]]) -> [String] {
        guard let count = rows.first?.count else { return [] }
        let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return ["", style.apply(.strong, title + ":")]
            + rows.map { row in
                var line = " "
                for (index, cell) in row.enumerated() where widths[index] > 0 {
                    let isLast = index == count - 1
                    let text = cell.visible.split(whereSeparator: \.isNewline).joined(separator: " ")
                    line += " " + text
                    if !isLast { line += String(repeating: " ", count: max(0, widths[index] - text.count) + 1) }
                }
                guard let width, line.count > width else { return line }
                return line.prefix(width - 1) + "…"
            }
    }
}
