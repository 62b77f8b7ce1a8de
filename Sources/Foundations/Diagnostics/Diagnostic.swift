/// One problem, told so that a person can mend it: what is wrong, where, why, and what to do.
///
/// A diagnostic is a value and an error: code that finds one problem throws it, code that can find
/// many reports them to a ``DiagnosticCollector``.
public struct Diagnostic: Error, Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable {
        case error
        case warning
    }

    /// A related place: where the overridden value stands, where a key was first defined.
    public struct Note: Sendable, Hashable {
        public var message: String
        public var location: SourceLocation?

        public init(_ message: String, at location: SourceLocation? = nil) {
            self.message = message
            self.location = location
        }
    }

    public var severity: Severity
    public var code: Code
    /// What is wrong, in one line without a full stop.
    public var what: String
    public var location: SourceLocation?
    /// The rule or the observation that makes it wrong.
    public var why: String?
    /// What to write or run instead.
    public var fix: String?
    public var notes: [Note]

    public init(
        _ severity: Severity = .error,
        _ code: Code,
        _ what: String,
        at location: SourceLocation? = nil,
        why: String? = nil,
        fix: String? = nil,
        notes: [Note] = []
    ) {
        self.severity = severity
        self.code = code
        self.what = what
        self.location = location.flatMap { $0.isKnown ? $0 : nil }
        self.why = why
        self.fix = fix
        self.notes = notes
    }
}

extension Diagnostic: CustomStringConvertible {
    /// The plain form: `file:line:col: error: what [code]`, then indented `why:`, `fix:` and `note:` lines.
    public var description: String {
        var text = location.map { "\($0): " } ?? ""
        text += "\(severity.rawValue): \(what) [\(code.name)]"
        if let why { text += "\n  why: \(Self.indented(why))" }
        if let fix { text += "\n  fix: \(Self.indented(fix))" }
        for note in notes {
            let place = note.location.flatMap { $0.isKnown ? " (\($0))" : nil } ?? ""
            text += "\n  note: \(Self.indented(note.message))\(place)"
        }
        return text
    }

    /// Continuation lines stand under the first one's text.
    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n        ")
    }
}
