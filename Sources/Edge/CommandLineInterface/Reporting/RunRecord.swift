import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel
import Synchronization
import TerminalUI

/// What one run of the tool did to each service, for whoever reads it later: a pipeline, a person, a bundle of evidence.
///
/// There is one for the process, which runs one command.
final class RunRecord: Sendable {
    static let shared = RunRecord()

    /// What became of one service.
    struct Service: Sendable {
        let identity: ServiceIdentity
        let start: Date
        var end: Date?
        /// `deployed`, `unchanged`, `destroyed`, `valid`, `changes pending` …
        var status = ""
        /// Why it failed; empty where it did not.
        var problems: [Diagnostic] = []
        var events: [EventRecord] = []
    }

    private struct State {
        var services: [Service] = []
        var positions: [ServiceIdentity: Int] = [:]
        var tellsLines = false
        var console: Console?
        var board: ProgressBoard?
    }

    private let state = Mutex(State())

    /// - Parameter board: whether progress is shown as a table that is kept up to date.
    func begin(_ console: Console, linesAreTold: Bool, board: Bool) {
        state.withLock { state in
            state.console = console
            state.tellsLines = linesAreTold
            state.board = board ? ProgressBoard() : nil
        }
    }

    /// Whether progress is told in another way than by lines for people.
    var replacesLines: Bool { state.withLock { $0.tellsLines || $0.board != nil } }
    /// Whether nothing but JSON goes to standard error.
    var tellsJSON: Bool { state.withLock(\.tellsLines) }

    func started(_ service: ServiceIdentity) {
        change(service) { _ in }
    }

    func happened(_ event: DeploymentEvent, to service: ServiceIdentity) {
        let record = EventRecord.of(event, service, at: Date())
        change(service, telling: record) { _ in
        } board: {
            $0.update(service, event)
        }
    }

    func finished(_ result: DeploymentResult, _ status: String) {
        change(result.service, telling: .finished(result, status, at: Date())) { entry in
            entry.status = status
            entry.end = Date()
        } board: {
            $0.remove(result.service, failed: false)
        }
    }

    /// A service that something else was done to than a deployment.
    func noted(_ service: ServiceIdentity, _ status: String, _ problems: [Diagnostic] = []) {
        change(service) { entry in
            entry.status = status
            entry.problems = problems
            entry.end = Date()
        }
    }

    /// A service that was compared with what is there.
    ///
    /// - Parameters:
    ///   - differences: a line each; none where it is as it should be.
    ///   - isFailure: whether a difference fails the command.
    ///   - refusals: what would keep a deployment from being made.
    func compared(
        _ service: ServiceIdentity, _ differences: [String], isFailure: Bool, _ refusals: [Diagnostic] = []
    ) {
        if refusals.contains(where: { $0.severity == .error }) { return failed(service, refusals) }
        let problem = Diagnostic(
            .error, .changesPending, "`\(service.name)` is not as it should be",
            why: differences.joined(separator: "\n"))
        noted(
            service, differences.isEmpty ? "as it should be" : "changes pending",
            isFailure && !differences.isEmpty ? [problem] : [])
    }

    func failed(_ service: ServiceIdentity, _ problems: [Diagnostic]) {
        change(service, telling: .failed(service, problems, at: Date())) { entry in
            entry.status = "failed"
            entry.problems = problems
            entry.end = Date()
        } board: {
            $0.remove(service, failed: true)
        }
    }

    /// The command is over: what has no end by now failed with it.
    ///
    /// - Returns: what became of each service, in the order in which they began.
    func end(_ problems: [Diagnostic]) -> [Service] {
        let open = state.withLock { $0.services.filter { $0.end == nil }.map(\.identity) }
        for service in open { failed(service, problems) }
        Console.showLive([])
        return state.withLock(\.services)
    }

    var services: [Service] { state.withLock(\.services) }

    private func change(
        _ service: ServiceIdentity, telling record: EventRecord? = nil, _ edit: (inout Service) -> Void,
        board update: (inout ProgressBoard) -> Void = { _ in }
    ) {
        state.withLock { state in
            let position = state.positions[service] ?? state.services.count
            if position == state.services.count {
                state.services.append(Service(identity: service, start: Date()))
                state.positions[service] = position
            }
            edit(&state.services[position])
            guard let console = state.console else { return }
            if let record {
                state.services[position].events.append(record)
                if state.tellsLines { console.print(record.line, to: .error) }
            }
            guard var board = state.board else { return }
            board.begin(service)
            update(&board)
            state.board = board
            Console.showLive(board.lines(console.style(for: .error), console.size(.error), now: Date()))
        }
    }
}

extension Diagnostic.Code {
    static let changesPending = Self("changes-pending", .changesPending)
}
