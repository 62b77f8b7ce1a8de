import Diagnostics
import Documents
import ServiceModel

/// A diagnostic as it crosses the control socket and rests in `supervisor.json`.
extension Diagnostic {
    var document: Node {
        var result = Mapping()
        result["severity"] = .string(severity.rawValue)
        result["code"] = .string(code.name)
        result["outcome"] = .integer(Int(code.outcome.rawValue))
        result["what"] = .string(what)
        if let location { result["location"] = .string(location.description) }
        if let why { result["why"] = .string(why) }
        if let fix { result["fix"] = .string(fix) }
        result["notes"] = .sequence(
            notes.map { note in
                var entry = Mapping()
                entry["message"] = .string(note.message)
                if let location = note.location { entry["location"] = .string(location.description) }
                return .mapping(entry)
            })
        return .mapping(result)
    }

    init?(document: Node) {
        guard let severity = document["severity"]?.string.flatMap(Severity.init(rawValue:)),
            let code = document["code"]?.string, let what = document["what"]?.string,
            let outcome = document["outcome"]?.integer.flatMap({ Outcome(rawValue: Int32(truncatingIfNeeded: $0)) })
        else { return nil }
        self.init(
            severity, Code(code, outcome), what,
            at: document["location"]?.string.map(SourceLocation.init(written:)), why: document["why"]?.string,
            fix: document["fix"]?.string,
            notes: (document["notes"]?.sequence ?? []).map { note in
                Note(
                    note["message"]?.string ?? "", at: note["location"]?.string.map(SourceLocation.init(written:)))
            })
    }
}
