import Documents
import Testing

/// What a person sees of a command on a terminal.
struct Terminal {
    let code: Int
    /// At the end, with what scrolled away.
    let screen: [String]
    /// Before each time that something of it is erased, and at the end.
    let frames: [[String]]

    /// - Parameters:
    ///   - keys: what is typed once the program asks for consent.
    ///   - seconds: after which it is interrupted; nil where it ends by itself.
    static func run(
        _ sandbox: Sandbox, _ arguments: [String], columns: Int = 100, keys: String? = nil, seconds: Int? = nil
    ) async throws -> Terminal {
        let script = "\(Project.root)/Tests/Support/terminal_screen.py"
        let typed = keys.map { ["--answer", "[y/N] ", $0] } ?? []
        let limit = seconds.map { "timeout --foreground --preserve-status -s INT \($0)" } ?? ""
        let result = try await sandbox.shell(
            "exec python3 \(script) \(columns) 24 \"${@:1:\(typed.count)}\" \(limit) \"$0\" \"${@:\(typed.count + 1)}\"",
            typed + arguments)
        let document = try await result.document()
        let lines = { (node: Node?) in (node?.sequence ?? []).compactMap(\.string) }
        return Terminal(
            code: try #require(document["code"]?.integer), screen: lines(document["screen"]),
            frames: (document["frames"]?.sequence ?? []).map { lines($0) })
    }
}
