import Cryptography
import Diagnostics
import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// Problems in the forms in which forges show them beside the lines that they are about.
struct Annotations {
    enum Format: String, CaseIterable {
        /// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
        case github
        /// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
        case gitlab
    }

    /// Each once: a problem of a layer is one of every service.
    private let problems: [Diagnostic]

    init(_ problems: [Diagnostic]) {
        var known: Set<Diagnostic> = []
        self.problems = problems.filter { known.insert($0).inserted }
    }

    func text(as format: Format) -> String {
        switch format {
        case .github: problems.map { Self.command($0) + "\n" }.joined()
        case .gitlab: JSONEmitter.emit(.sequence(problems.map(Self.issue)), .init(pretty: true)) + "\n"
        }
    }

    private static func command(_ problem: Diagnostic) -> String {
        var properties: [String] = []
        if let place = file(of: problem) {
            properties.append("file=\(escapedProperty(place.file.name))")
            if place.line > 0 { properties.append("line=\(place.line)") }
            if place.column > 0 { properties.append("col=\(place.column)") }
        }
        properties.append("title=\(escapedProperty(problem.code.name))")
        return "::\(problem.severity.rawValue) \(properties.joined(separator: ","))::\(escapedData(message(problem)))"
    }

    private static func issue(_ problem: Diagnostic) -> Node {
        let place = file(of: problem)
        // What has no file of its own is the pipeline's.
        let path = place?.file.name ?? ".gitlab-ci.yml"
        let key = "\(problem.code.name)\n\(path)\n\(problem.what)"
        return [
            "description": .string(message(problem)), "check_name": .string(problem.code.name),
            "fingerprint": .string(SHA256Digest.hexadecimal(of: Array(key.utf8))),
            "severity": .string(problem.severity == .error ? "major" : "minor"),
            "location": ["path": .string(path), "lines": ["begin": .integer(max(1, place?.line ?? 1))]],
        ]
    }

    /// The place where that is in a file of the working folder: not a flag's, a built-in profile's or another machine's.
    private static func file(of problem: Diagnostic) -> SourceLocation? {
        let places = [problem.location] + problem.notes.map(\.location)
        return places.lazy.compactMap(\.self).first { place in
            let name = place.file.name
            return !name.hasPrefix("/") && !name.hasPrefix("-") && !name.hasPrefix("../") && access(name, F_OK) == 0
        }
    }

    private static func message(_ problem: Diagnostic) -> String {
        let place = problem.location.map { "\($0): " } ?? ""
        let why = problem.why.map { "\nwhy: \($0)" } ?? ""
        let fix = problem.fix.map { "\nfix: \($0)" } ?? ""
        return (file(of: problem) == problem.location ? "" : place) + problem.what + why + fix
    }

    /// As `actions/toolkit` does.
    private static func escapedData(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func escapedProperty(_ text: String) -> String {
        escapedData(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
