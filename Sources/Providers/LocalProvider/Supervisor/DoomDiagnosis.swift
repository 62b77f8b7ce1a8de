import Diagnostics
import Documents
import ServiceModel

/// Turns a replica's doom into what a person needs: the cause, the log's last lines, and the
/// configuration line behind it.
enum DoomDiagnosis {
    static let tailLines = 10

    static func diagnose(
        _ doom: ReplicaLifecycle.Doom, replica: String, spec: LocalServiceSpec, startProblem: Diagnostic?,
        tail: [String]
    ) -> Diagnostic {
        let notes =
            ConfiguredFaults.notes(spec)
            + [
                tail.isEmpty
                    ? Diagnostic.Note("it wrote nothing to its log")
                    : Diagnostic.Note(
                        "the last lines that it wrote:\n" + spec.scrubber.scrubbed(tail.joined(separator: "\n")))
            ]
        switch doom {
        case .cannotStart(let why):
            return startProblem
                ?? Diagnostic(
                    .error, .commandNotExecutable, "`\(spec.command[0])` cannot be started: \(why)",
                    at: spec.location(of: ["spec", "command"]))
        case .exits(let how, let times):
            return Diagnostic(
                .error, .exits, "replica \(replica) \(how)", at: spec.location(of: ["spec", "command"]),
                why: "it ended \(times == 1 ? "once" : "\(times) times in a row") before it was ready",
                fix: "mend what the log names, or the command: \(spec.command.joined(separator: " "))", notes: notes)
        case .neverReady(let answer):
            let probe = spec.readiness.path.map { "its probe of \($0)" } ?? "its port"
            return Diagnostic(
                .error, .neverReady,
                "replica \(replica) did not become ready within \(TimeSpan(milliseconds: spec.startupMilliseconds))",
                at: spec.location(of: ["spec", "readiness", "path"]),
                why: "\(probe) last said: \(answer ?? "nothing")",
                fix:
                    "listen on 127.0.0.1 at the port that PORT names, mend the readiness path, or allow a longer start",
                notes: [
                    Diagnostic.Note(
                        "the time that it may take is set here",
                        at: spec.location(of: ["spec", "readiness", "startupMilliseconds"]))
                ] + notes)
        }
    }
}

extension LocalServiceSpec {
    func location(of keys: [String]) -> SourceLocation? { location(of: NodePath(keys: keys)) }
}
