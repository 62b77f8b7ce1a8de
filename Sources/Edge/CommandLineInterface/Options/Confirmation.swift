import DeploymentEngine
import Diagnostics
import ServiceModel
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// Asks a person before what cannot be taken back; whoever is no person has said so with the flags.
actor Confirmation {
    private static let pause = Duration.milliseconds(50)

    private let isAsking: Bool
    /// Whether somebody is being asked: services of a fleet may want to know at the same time.
    private var isOpen = false

    /// - Parameter isGiven: whether `--yes` has answered already.
    init(_ console: Console, isGiven: Bool) {
        isAsking = !isGiven && isatty(0) == 1 && console.isTerminal(.error)
    }

    /// - Throws: ``Diagnostic`` with `declined` for any answer but yes; `CancellationError` where the task is cancelled
    ///   before there is one.
    func ask(_ question: String) async throws {
        guard isAsking else { return }
        while isOpen { try await Task.sleep(for: Self.pause) }
        isOpen = true
        defer { isOpen = false }
        let answer = try await Self.answer(to: "\(question.visible) [y/N] ")
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

    /// A line of standard input in lower case, nil at its end. No thread is blocked meanwhile, so that an interruption
    /// ends the question.
    private static func answer(to question: String) async throws -> String? {
        var isAnswered = false
        Console.beginQuestion(question)
        defer { Console.endQuestion(isAnswered: isAnswered) }
        var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        while poll(&input, 1, 0) == 0 { try await Task.sleep(for: pause) }
        // A terminal gives one line at a time, and none that is longer (termios(3), canonical mode).
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(0, &bytes, bytes.count)
        guard count > 0 else { return nil }
        isAnswered = bytes[count - 1] == UInt8(ascii: "\n")
        return String(decoding: bytes[..<count], as: UTF8.self).lowercased().filter { !$0.isWhitespace }
    }
}

extension Diagnostic.Code {
    static let declined = Self("declined", .failed)
}
