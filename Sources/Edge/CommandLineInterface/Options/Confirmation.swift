import DeploymentEngine
import Diagnostics
import ServiceModel
import TerminalUI

/// Asks a person before what cannot be taken back; whoever is no person has said so with the flags.
actor Confirmation {
    private static let pause = Duration.milliseconds(50)

    private let isAsking: Bool
    /// Whether somebody is being asked: services of a fleet may want to know at the same time.
    private var isOpen = false

    /// - Parameter isGiven: whether `--yes` has answered already.
    init(_ console: Console, isGiven: Bool) {
        isAsking = !isGiven && Question.canBeAsked(console)
    }

    /// - Throws: ``Diagnostic`` with `declined` for any answer but yes; `CancellationError` where the task is cancelled
    ///   before there is one.
    func ask(_ question: String) async throws {
        guard isAsking else { return }
        while isOpen { try await Task.sleep(for: Self.pause) }
        isOpen = true
        defer { isOpen = false }
        let answer = try await Question.ask("\(question.visible) [y/N] ")?.lowercased()
        if answer != "y", answer != "yes" {
            throw Diagnostic(
                .error, .declined, "not confirmed: nothing was changed",
                fix: "answer `y`, or add --yes where nobody is there to ask")
        }
    }

    /// Asks about a plan that does more than to roll.
    func ask(about plan: Plan) async throws {
        let worst = plan.changes.filter { $0.effect > .rolling }
        guard !worst.isEmpty else { return }
        let what = worst.map { "\($0.action.rawValue) \($0.resource) (\($0.effect))" }.joined(separator: ", ")
        try await ask("\(plan.release.service.name): \(what). Go on?")
    }
}

extension Diagnostic.Code {
    static let declined = Self("declined", .failed)
}
