import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// Asks a person at the terminal for one line.
enum Question {
    private static let pause = Duration.milliseconds(50)

    /// Whether there is somebody to ask: standard input and standard error are a terminal.
    static func canBeAsked(_ console: Console) -> Bool { isatty(0) == 1 && console.isTerminal(.error) }

    /// A line of standard input without spaces, nil at its end. No thread is blocked meanwhile, so that an
    /// interruption ends the question.
    static func ask(_ question: String) async throws -> String? {
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
        return String(decoding: bytes[..<count], as: UTF8.self).filter { !$0.isWhitespace }
    }
}
