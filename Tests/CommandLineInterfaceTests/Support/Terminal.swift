import Documents
import Testing

/// What a person sees of a command on a terminal.
struct Terminal {
    let code: Int
    /// At the end, with what scrolled away.
    let screen: [String]
    /// Before each time that something of it is erased, and at the end.
    let frames: [[String]]

    private static let mark = "marked"

    /// Whether the screen of a run that is under way has shown what it was to mark.
    static func isMarked(in sandbox: Sandbox) -> Bool { (try? sandbox.text(mark)) != nil }

    /// - Parameters:
    ///   - keys: what is typed once the program asks for consent.
    ///   - first: once the screen shows it, ``isMarked(in:)`` says so.
    ///   - last: once the screen shows it, the program is interrupted; nil where it ends by itself.
    static func run(
        _ sandbox: Sandbox, _ arguments: [String], columns: Int = 100, keys: String? = nil,
        marking first: String? = nil, until last: String? = nil
    ) async throws -> Terminal {
        let script = "\(Project.root)/Tests/Support/terminal_screen.py"
        var options = keys.map { ["--answer", "[y/N] ", $0] } ?? []
        if let first { options += ["--mark", first, mark] }
        if let last { options += ["--until", last] }
        let count = options.count
        let result = try await sandbox.shell(
            "exec python3 \(script) \(columns) 24 \"${@:1:\(count)}\" \"$0\" \"${@:\(count + 1)}\"",
            options + arguments)
        let document = try await result.document()
        let lines = { (node: Node?) in (node?.sequence ?? []).compactMap(\.string) }
        return Terminal(
            code: try #require(document["code"]?.integer), screen: lines(document["screen"]),
            frames: (document["frames"]?.sequence ?? []).map { lines($0) })
    }
}
