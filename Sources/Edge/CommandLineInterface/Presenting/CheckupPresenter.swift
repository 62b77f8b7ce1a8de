import Diagnostics
import Documents
import SynthDataInfra
import TerminalUI

/// Prints what `doctor` found: a line each, and the problems below.
struct CheckupPresenter {
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    func print(_ checkups: [Checkup], format: OutputFormat) {
        switch format {
        case .table, .wide:
            let style = console.style(for: .output)
            let width = checkups.map(\.name.count).max() ?? 0
            for checkup in checkups {
                let padding = String(repeating: " ", count: width - checkup.name.count)
                let verdict = checkup.isSound ? style.apply(.good, "ok  ") : style.apply(.bad, "fail")
                console.print("\(verdict)  \(checkup.name)\(padding)  \(checkup.finding)")
                if let uid = checkup.clusterUID {
                    console.print("\(String(repeating: " ", count: width + 8))deployment.cluster_uid: \(uid)")
                }
            }
            DiagnosticsPrinter(console: console, asJSON: false).print(checkups.flatMap(\.problems))
        case .name:
            for checkup in checkups where !checkup.isSound { console.print(checkup.name) }
        case .json, .yaml:
            let items = checkups.map { checkup -> Node in
                var item = Mapping()
                item["name"] = .string(checkup.name)
                item["ok"] = .bool(checkup.isSound)
                item["finding"] = .string(checkup.finding)
                if let uid = checkup.clusterUID { item["clusterUID"] = .string(uid) }
                item["diagnostics"] = .sequence(checkup.problems.map(\.document))
                return .mapping(item)
            }
            console.printDocument(
                ["apiVersion": "synthdata.io/v1", "kind": "CheckupList", "items": .sequence(items)], as: format)
        }
    }
}

extension Checkup {
    fileprivate var isSound: Bool { !problems.contains { $0.severity == .error } }
}
