public import Diagnostics

/// A diagnostic as a document: `-o json`, and what crosses process boundaries.
extension Diagnostic {
    /// `severity`, `code`, `outcome` (the exit code it leads to) and `message`; `location`, `why`, `fix`
    /// and `notes` where there are any.
    public var document: Node {
        var mapping = Mapping()
        mapping["severity"] = .string(severity.rawValue)
        mapping["code"] = .string(code.name)
        mapping["outcome"] = .integer(Int(code.outcome.rawValue))
        mapping["message"] = .string(what)
        mapping["location"] = location?.document
        mapping["why"] = why.map { .string($0) }
        mapping["fix"] = fix.map { .string($0) }
        if !notes.isEmpty { mapping["notes"] = .sequence(notes.map(\.document)) }
        return .mapping(mapping)
    }

    /// Reads what ``document`` wrote; nil for anything else.
    public init?(document: Node) {
        guard let severity = document["severity"]?.string.flatMap(Severity.init(rawValue:)),
            let code = document["code"]?.string, let message = document["message"]?.string,
            let outcome = document["outcome"]?.integer.flatMap({ Outcome(rawValue: Int32(truncatingIfNeeded: $0)) })
        else { return nil }
        self.init(
            severity, Code(code, outcome), message, at: document["location"].map(SourceLocation.init(document:)),
            why: document["why"]?.string, fix: document["fix"]?.string,
            notes: (document["notes"]?.sequence ?? []).map { note in
                Note(note["message"]?.string ?? "", at: note["location"].map(SourceLocation.init(document:)))
            })
    }
}

extension Diagnostic.Note {
    fileprivate var document: Node {
        var mapping = Mapping()
        mapping["message"] = .string(message)
        if let location, location.isKnown { mapping["location"] = location.document }
        return .mapping(mapping)
    }
}

extension SourceLocation {
    /// `file`, and `line` and `column` where they make sense.
    public var document: Node {
        var mapping = Mapping()
        mapping["file"] = .string(file.name)
        if line > 0 { mapping["line"] = .integer(line) }
        if column > 0 { mapping["column"] = .integer(column) }
        return .mapping(mapping)
    }

    /// Reads what ``document`` wrote.
    public init(document: Node) {
        self.init(
            file: SourceFile(document["file"]?.string ?? "<unknown>"), line: document["line"]?.integer ?? 0,
            column: document["column"]?.integer ?? 0)
    }
}
