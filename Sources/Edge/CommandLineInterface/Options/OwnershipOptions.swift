import ArgumentParser
import Diagnostics
import KubernetesProvider

/// What to do about fields of a cluster's objects that somebody else has set.
struct OwnershipOptions: ParsableArguments {
    @Option(
        name: .customLong("take-ownership"), parsing: .singleValue,
        help: ArgumentHelp(
            "Set a field although somebody else did: spec.replicas, Service/demo:spec.selector. Repeatable.",
            valueName: "path"))
    var taken: [String] = []

    @Option(
        name: .customLong("keep"), parsing: .singleValue,
        help: ArgumentHelp("Leave a field to whoever set it. Repeatable.", valueName: "path"))
    var kept: [String] = []

    func ownership() throws(DiagnosticReport) -> FieldOwnership {
        var problems = DiagnosticCollector()
        let taken = taken.compactMap { text in
            problems.gather { try FieldOwnership.Choice(text, flag: "--take-ownership") }
        }
        let kept = kept.compactMap { text in problems.gather { try FieldOwnership.Choice(text, flag: "--keep") } }
        try problems.throwIfErrors()
        return FieldOwnership(taken: taken, kept: kept)
    }
}
