import Diagnostics
import Documents
import FoundationEssentials
import Testing

@testable import TemplateRenderer

/// Whatever the template: a node or a diagnostic, never a crash. `FUZZ_ITERATIONS` asks for more than
/// the usual number, `FUZZ_SEED` for others.
@Suite struct MutationTests {
    static let environment = ProcessInfo.processInfo.environment
    static let iterations = environment["FUZZ_ITERATIONS"].flatMap(Int.init) ?? 20_000
    static let seed = environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 48

    static func context() throws -> Context {
        try Context(
            try Rendering.node(
                "{a: 1, b: 2.5, c: {d: [1, {e: 2}]}, s: 'x,é,😁', list: [a, b, 3, null], objects: [{x: 1}, {x: 2}], n: 3}",
                file: "context.yaml"
            ).mapping ?? Mapping(),
            functions: ["f": { arguments in .sequence(arguments) }])
    }

    /// Whether the template rendered; nonsense must come to a diagnostic with something to say.
    static func renders(_ node: Node, _ context: Context) -> Bool {
        do {
            _ = try Template(node).render(context, now: Rendering.now)
            return true
        } catch let report as DiagnosticReport {
            if report.diagnostics.contains(where: \.what.isEmpty) { Issue.record("nothing is said of \(node)") }
        } catch let diagnostic as Diagnostic {
            if diagnostic.what.isEmpty { Issue.record("nothing is said of \(node)") }
        } catch {
            Issue.record("\(error)")
        }
        return false
    }

    @Test func mutatedExpressionsNeverCrash() throws {
        var mutator = ExpressionMutator(seed: Self.seed)
        let context = try Self.context()
        var rendered = 0
        for _ in 0..<Self.iterations where Self.renders(["$eval": .string(mutator.expression())], context) {
            rendered += 1
        }
        #expect(rendered > Self.iterations / 20, "too few make sense to test evaluation")
    }

    @Test func mutatedTemplatesNeverCrash() throws {
        var mutator = ExpressionMutator(seed: Self.seed)
        let context = try Self.context()
        var rendered = 0
        for _ in 0..<Self.iterations where Self.renders(mutator.template(), context) { rendered += 1 }
        #expect(rendered > Self.iterations / 20, "too few make sense to test rendering")
    }
}
