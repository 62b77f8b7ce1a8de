import FoundationEssentials
import ServiceModel
import TerminalUI

/// What is under way, as a table of services: pure, so that it can be tested without a terminal.
struct ProgressBoard {
    private struct Row {
        let service: ServiceIdentity
        let start: Date
        var state = "planning"
        var meaning: Style.Meaning? = .faint
        var ready = ""
        var detail = ""
        var steps = 0
        var done = 0
    }

    private var rows: [Row] = []
    private var finished = 0
    private var failed = 0

    mutating func begin(_ service: ServiceIdentity, at time: Date = Date()) {
        guard !rows.contains(where: { $0.service == service }) else { return }
        rows.append(Row(service: service, start: time))
    }

    mutating func remove(_ service: ServiceIdentity, failed isFailed: Bool) {
        rows.removeAll { $0.service == service }
        if isFailed { failed += 1 } else { finished += 1 }
    }

    mutating func update(_ service: ServiceIdentity, _ event: DeploymentEvent) {
        guard let index = rows.firstIndex(where: { $0.service == service }) else { return }
        switch event {
        case .planned(let plan):
            rows[index].steps = plan.changes.count { $0.action != .unchanged }
            rows[index].done = 0
            set(index, plan.hasChanges ? "applying" : "checking", .warning, "")
        case .waitingForLock(let holder): set(index, "waiting", .faint, "for the deployment of \(holder)")
        case .applying(let identity, let action):
            set(
                index, "applying", .warning,
                "\(action.rawValue) \(identity.kind)  \(rows[index].done)/\(rows[index].steps)")
        case .applied: rows[index].done += 1
        case .progress(let ready, let desired, let message):
            rows[index].ready = "\(ready)/\(desired)"
            set(index, "rolling out", .warning, message)
        case .working(let message): set(index, rows[index].state, .warning, message)
        case .warning(let message): set(index, rows[index].state, .bad, message)
        case .ready(let endpoint):
            rows[index].ready = ""
            set(index, "ready", .good, endpoint ?? "")
        case .rollingBack(let revision): set(index, "going back", .bad, "to revision \(revision)")
        }
    }

    private mutating func set(_ index: Int, _ state: String, _ meaning: Style.Meaning, _ detail: String) {
        rows[index].state = state
        rows[index].meaning = meaning
        rows[index].detail = detail
    }

    /// At most as many lines as the terminal has, less one for the cursor; services that began first come first.
    func lines(_ style: Style, _ size: (columns: Int, rows: Int), now: Date) -> [String] {
        guard !rows.isEmpty else { return [] }
        let names = rows.map { $0.service.name.value.count }.max() ?? 0
        let room = max(1, size.rows - 2)
        var lines = rows.prefix(rows.count > room ? room - 1 : room).map { row in
            let time = "\(TimeSpan(seconds: max(0, Int(now.timeIntervalSince(row.start)))))"
            let cells = [
                Self.padded(row.service.name.value, names), Self.padded(row.state, 11), Self.padded(row.ready, 5),
                Self.padded(time, 6),
            ]
            let plain = cells.joined(separator: "  ")
            // One line each, whatever a message holds.
            let detail = row.detail.visible.split(separator: "\n").first.map(String.init) ?? ""
            guard plain.count + 2 < size.columns else { return String(plain.prefix(max(1, size.columns - 1))) }
            let left = size.columns - plain.count - 3
            let cut = detail.count > left ? "\(detail.prefix(max(0, left - 1)))…" : detail
            let coloured = row.meaning.map { style.apply($0, cells[1]) } ?? cells[1]
            return [cells[0], coloured, cells[2], cells[3], cut].joined(separator: "  ")
        }
        if rows.count > lines.count { lines.append("and \(rows.count - lines.count) more") }
        if finished + failed > 0 {
            let wrong = failed > 0 ? style.apply(.bad, ", \(failed) failed") : ""
            lines.append(style.apply(.faint, "\(finished) done\(wrong), \(rows.count) under way"))
        }
        return lines
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
