import Diagnostics
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
    private let provider: ProviderKind

    /// - Parameter provider: the one that is asked, for the commands that hints name.
    init(_ console: Console, _ format: OutputFormat, _ provider: ProviderKind) {
        self.console = console
        self.provider = provider
        self.format = format
    }

    /// - Parameter replacing: whether to write over what is on the terminal, for a display that is kept up to date.
    func print(_ page: StatusPage, replacing: Bool) {
        switch format {
        case .table, .wide:
            if replacing, console.isTerminal(.output) {
                replace(lines(page) + notes(page))
            } else {
                for line in lines(page) { console.print(line) }
                for note in notes(page) { console.print(note, to: .error) }
            }
        case .name: for row in page.rows { console.print(row.status.service.name.value) }
        case .json, .yaml: console.printDocument(StatusDocument.list(page), as: format)
        }
        let isOver = replacing && console.isTerminal(.output)
        if !isOver { DiagnosticsPrinter(console: console, asJSON: format == .json).print(page.problems) }
    }

    /// Line over line, so that nothing flickers: each is cut at its end, and what was below goes.
    private func replace(_ lines: [String]) {
        let height = console.height(.output) ?? .max
        let shown = lines.prefix(max(1, height - 1))
        let body = shown.map { $0 + "\u{1B}[K\r\n" }.joined()
        console.write("\u{1B}[H" + body + "\u{1B}[J")
    }

    private func lines(_ page: StatusPage) -> [String] {
        guard !page.rows.isEmpty || !page.unreachable.isEmpty else { return [] }
        let style = console.style(for: .output)
        let width = console.width(.output)
        let table = StatusTable(page, isWide: format == .wide).table.lines(style: style, width: width)
        let details = page.rows.compactMap(\.inspection).flatMap { inspection in
            [""] + StatusDetail(inspection, in: page.place, style: style, width: width).lines
        }
        return ["Service Status:"] + table + details
    }

    /// What stands beside the table: causes, scalings that end, and what could not be asked.
    private func notes(_ page: StatusPage) -> [String] {
        var notes: [String] = []
        if page.rows.isEmpty, page.problems.isEmpty {
            let place = CommandFlags.place(provider, in: nil)
            notes.append("no services; `synthdata-infra deploy --type tabular --name demo\(place)` starts one")
        }
        for row in page.rows where row.inspection == nil {
            let service = row.status.service
            let name =
                (row.context.map { "\($0)/" } ?? "")
                + (page.hasSeveralNamespaces ? "\(service.namespace)/\(service.name)" : service.name.value)
            if let cause = row.status.cause { notes.append("\(name): \(cause.visible)") }
            let words = row.status.scaleOverride.flatMap {
                ScaleWords($0, of: service, at: row.status.provider, in: page.place).standing
            }
            if let words {
                notes.append("\(name): \(words)")
            }
        }
        if console.isTerminal(.output) {
            notes += page.problems.map { "\($0.what)\($0.why.map { ": \($0)" } ?? "")".visible }
        }
        return notes
    }
}
