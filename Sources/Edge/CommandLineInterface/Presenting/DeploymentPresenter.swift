import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import Synchronization
import TerminalUI

/// Tells how deployments go: progress as plain lines on standard error, the results at the end.
///
/// Where JSON is asked for, standard error has nothing but JSON, too: the problems.
final class DeploymentPresenter: Sendable {
    private let console: Console
    private let format: OutputFormat?
    /// Where each service of a fleet stands in it.
    private let places: [ServiceIdentity: Int]
    private let results = Mutex<[(place: Int, document: Node)]>([])
    /// The services that were planned to have no replica.
    private let stopped = Mutex<Set<ServiceIdentity>>([])
    /// Held while something is printed that has several lines.
    private let printing = Mutex(())

    /// - Parameter fleet: the services in the order in which their results are wanted; none for a single one.
    init(_ console: Console, _ format: OutputFormat?, fleet: [ServiceIdentity] = []) {
        self.console = console
        self.format = format
        places = Dictionary(fleet.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A printer of the events of one service.
    func report(_ service: ServiceIdentity) -> @Sendable (DeploymentEvent) -> Void {
        // Nothing changes in a plan without changes: its progress would only be noise before `unchanged`.
        let isIdle = Mutex(false)
        RunRecord.shared.started(service)
        return { [self] event in
            if case .planned(let plan) = event {
                isIdle.withLock { $0 = !plan.hasChanges }
                stopped.withLock { stopped in
                    if plan.release.isStopped { stopped.insert(service) } else { stopped.remove(service) }
                }
            }
            RunRecord.shared.happened(event, to: service)
            switch event {
            case .progress, .working: if isIdle.withLock({ $0 }) || RunRecord.shared.replacesLines { return }
            default: break
            }
            if let line = Self.line(event) { tell(service, line) }
        }
    }

    /// A printer of the events of a scaling, which tells what it turns, too.
    func scaleReport(_ service: ServiceIdentity) -> @Sendable (DeploymentEvent) -> Void {
        let report = report(service)
        return { [self] event in
            report(event)
            if case .planned(let plan) = event, plan.hasChanges, let knob = plan.release.replicaKnob {
                tell(service, "sets \(knob)")
            }
        }
    }

    /// One line of progress.
    func tell(_ service: ServiceIdentity, _ line: String) {
        guard format != .json, !RunRecord.shared.tellsJSON else { return }
        printing.withLock { _ in console.print("\(service.name): \(line)", to: .error) }
    }

    private static func line(_ event: DeploymentEvent) -> String? {
        switch event {
        case .planned(let plan):
            guard plan.hasChanges else { return nil }
            let changes = plan.changes.filter { $0.action != .unchanged }
            let what = changes.map { change -> String in
                // What is made is told by the plan; here it would be too long.
                let reason = change.action == .create ? nil : change.reason
                return "\(change.action.rawValue) \(change.resource.kind)\(reason.map { " (\($0))" } ?? "")"
            }
            return "\(plan.release.reason): \(what.joined(separator: ", "))"
        case .waitingForLock(let holder): return "waiting for the deployment of \(holder)"
        case .applying, .applied: return nil
        case .progress(let ready, let desired, let message):
            return "\(ready) of \(desired) ready\(message.isEmpty ? "" : " - \(message)")"
        case .working(let message): return message
        case .warning(let message): return "warning: \(message)"
        case .ready: return nil
        case .rollingBack(let revision): return "failed; going back to revision \(revision)"
        }
    }

    func finished(_ service: ServiceIdentity, _ result: DeploymentResult) {
        let style = console.style(for: .error)
        let isStopped = stopped.withLock { $0.contains(service) }
        let place = isStopped ? "" : result.endpoint.map { " at \($0)" } ?? ""
        let revision = "(revision \(result.revision))"
        let what =
            result.changed
            ? style.apply(.good, isStopped ? "stopped" : "ready") + "\(place) \(revision)"
            : style.apply(.good, "unchanged") + "\(place) \(revision): everything is as desired"
        RunRecord.shared.finished(result, result.changed ? "deployed" : "unchanged")
        tell(service, what)
        for leftover in result.leftovers { tell(service, "kept \(leftover)") }
        add(service, result, status: result.changed ? "deployed" : "unchanged")
    }

    func destroyed(_ service: ServiceIdentity, _ result: DeploymentResult) {
        RunRecord.shared.finished(result, "destroyed")
        tell(service, "destroyed")
        for leftover in result.leftovers { tell(service, "kept \(leftover)") }
        add(service, result, status: "destroyed")
    }

    /// Tells of one service of a fleet that failed, so that the others can go on.
    ///
    /// - Returns: the outcome that the failure stands for.
    func failed(_ service: ServiceIdentity, _ error: any Error) -> Outcome {
        let diagnostics: [Diagnostic] =
            switch error {
            case let problem as Diagnostic: [problem]
            case let report as DiagnosticReport: report.diagnostics
            default: [Diagnostic(.error, .unexpected, "\(error)")]
            }
        RunRecord.shared.failed(service, diagnostics)
        let asJSON = format == .json || RunRecord.shared.tellsJSON
        printing.withLock { _ in
            if !asJSON {
                console.print("\(service.name): \(console.style(for: .error).apply(.bad, "failed"))", to: .error)
            }
            DiagnosticsPrinter(console: console, asJSON: asJSON).print(diagnostics)
        }
        let document: Node = [
            "name": .string(service.name.value), "namespace": .string(service.namespace), "status": "failed",
            "diagnostics": .sequence(diagnostics.map(\.document)),
        ]
        add(service, document)
        return DiagnosticReport(diagnostics).outcome
    }

    private func add(_ service: ServiceIdentity, _ result: DeploymentResult, status: String) {
        var document = Mapping()
        document["name"] = .string(service.name.value)
        document["namespace"] = .string(service.namespace)
        document["status"] = .string(status)
        document["changed"] = .bool(result.changed)
        document["revision"] = .integer(result.revision)
        document["scale"] = result.scaleOverride?.document
        document["endpoint"] = result.endpoint.map { .string($0) }
        document["monitoringUrl"] = result.monitoringURL.map { .string($0) }
        if !result.leftovers.isEmpty {
            document["leftovers"] = .sequence(result.leftovers.map { .string($0) })
        }
        add(service, .mapping(document))
    }

    private func add(_ service: ServiceIdentity, _ document: Node) {
        results.withLock { $0.append((places[service] ?? $0.count, document)) }
    }

    /// Prints the results as data, where a data format is asked for.
    func end() {
        let all = results.withLock { $0 }.sorted { $0.place < $1.place }.map(\.document)
        switch format {
        case .json, .yaml:
            let list: Node = [
                "apiVersion": "synthdata.io/v1", "kind": "DeploymentResultList", "items": .sequence(all),
            ]
            console.printDocument(list, as: format)
        case .name:
            for item in all { console.print(item["name"]?.string ?? "") }
        case nil, .table, .wide: break
        }
    }
}
