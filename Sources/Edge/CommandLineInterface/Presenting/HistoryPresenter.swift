import Documents
import ServiceModel
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// Prints the releases of a service.
struct HistoryPresenter {
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    func print(_ releases: [Release], format: OutputFormat) {
        switch format {
        case .table, .wide:
            var table = Table(header: ["Revision", "Status", "Version", "Age", "Reason"])
            let now = Int(time(nil))
            for release in releases {
                table.add([
                    Table.Cell("\(release.revision)"),
                    Table.Cell(release.status.rawValue, Self.meaning(release.status)),
                    Table.Cell(release.version),
                    Table.Cell(TimeSpan(seconds: max(0, now - release.created)).description),
                    Table.Cell(release.reason),
                ])
            }
            for line in table.lines(style: console.style(for: .output), width: console.width(.output)) {
                console.print(line)
            }
        case .name:
            for release in releases { console.print("\(release.revision)") }
        case .json, .yaml:
            let list: Node = [
                "apiVersion": "synthdata.io/v1", "kind": "ReleaseList",
                "items": .sequence(releases.map(\.redacted.document)),
            ]
            console.printDocument(list, as: format)
        }
    }

    private static func meaning(_ status: Release.Status) -> Style.Meaning {
        switch status {
        case .deployed: .good
        case .failed: .bad
        case .pending: .warning
        case .superseded, .destroyed: .faint
        }
    }
}
