import ArgumentParser
import Diagnostics
import ServiceModel

/// How much a change may do, the same for every command that plans one.
struct EffectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The strongest effect that is allowed: none, in-place, rolling, replace, data-loss.", valueName: "effect"),
        completion: ServiceCompletion.effects)
    var maxEffect = Effect.rolling.name

    func maximum() throws(Diagnostic) -> Effect { try Self.read(maxEffect) }

    /// - Throws: ``Diagnostic`` at the flag.
    static func read(_ text: String) throws(Diagnostic) -> Effect {
        if let effect = Effect(name: text) { return effect }
        let known = Effect.allCases.map(\.name)
        throw Diagnostic(
            .error, .unknownEffect, "`\(text)` is not an effect",
            at: SourceLocation(file: SourceFile("--max-effect")),
            why: "it takes one of \(known.joined(separator: ", "))",
            fix: NearestName.find(text, among: known).map { "did you mean `\($0)`?" })
    }
}

extension Diagnostic.Code {
    static let unknownEffect = Self("usage.unknown-effect")
}
