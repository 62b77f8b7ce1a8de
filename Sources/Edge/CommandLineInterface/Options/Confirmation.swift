import DeploymentEngine
import Diagnostics
import ServiceModel
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// Asks a person before what cannot be taken back; whoever is no person has said so with the flags.
actor Confirmation {
    private let console: Console
    private let isAsking: Bool

    /// - Parameter isGiven: whether `--yes` has answered already.
    init(_ console: Console, isGiven: Bool) {
        self.console = console
        isAsking = !isGiven && isatty(0) == 1 && console.isTerminal(.error)
    }

    /// - Throws: ``Diagnostic`` with `declined` for any answer but yes.
    func ask(_ question: String) throws(Diagnostic) {
        guard isAsking else { return }
        Console.showLive([])
        console.write("\(question.visible) [y/N] ", to: .error)
        let answer = readLine()?.lowercased()
        // What ends the input leaves the cursor behind the question.
        if answer == nil { console.write("\n", to: .error) }
        if answer != "y", answer != "yes" {
            throw Diagnostic(
                .error, .declined, "not confirmed: nothing was changed",
                fix: "answer `y`, or add --yes where nobody is there to ask")
        }
    }

    /// Asks about a plan that does more than to roll.
    func ask(about plan: Plan) throws(Diagnostic) {
        let worst = plan.changes.filter { $0.effect > .rolling }
        guard !worst.isEmpty else { return }
        let what = worst.map { "\($0.action.rawValue) \($0.resource) (\($0.effect))" }.joined(separator: ", ")
        try ask("\(plan.release.service.name): \(what). Go on?")
    }
}

extension Diagnostic.Code {
    static let declined = Self("declined", .failed)
}
