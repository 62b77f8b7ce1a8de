import Diagnostics
import Documents
import Testing

@testable import TemplateRenderer

@Suite struct BuiltinTests {
    @Test(arguments: [
        ("min(2, 1, 3)", "1"), ("max(2, 3.5, 1)", "3.5"), ("sqrt(16)", "4"), ("ceil(1.2)", "2"), ("floor(-1.2)", "-2"),
        ("abs(-3)", "3"), ("abs(-1.5)", "1.5"), ("ceil(7)", "7"), ("range(0, 3)", "[0, 1, 2]"),
        ("range(3, 0, -2)", "[3, 1]"), ("range(2, 2)", "[]"), ("lowercase('AbÉ')", "abé"), ("uppercase('aß')", "ASS"),
        ("str(1.50)", "'1.5'"), ("str(null)", "'null'"), ("str(true)", "'true'"), ("number(' 12 ')", "12"),
        ("number('-1.5e2')", "-150"), ("len('é😁')", "2"), ("len([1, min])", "2"), ("strip(' a ')", "a"),
        ("lstrip(' a ')", "'a '"), ("rstrip(' a ')", "' a'"), ("split('a,b,,c', ',')", "[a, b, '', c]"),
        ("split('aXXbXXc', 'XX')", "[a, b, c]"), ("split('abc', '')", "[a, b, c]"), ("split('a1b', 1)", "[a, b]"),
        ("split('aaab', 'aab')", "[a, '']"), ("join([1, 'a', null, true], '-')", "1-a--true"), ("join([], ',')", "''"),
        ("fromNow('1 day')", "'2017-01-20T16:27:20.974Z'"),
        ("fromNow('1s', '2020-01-01T00:00:00+02:00')", "'2019-12-31T22:00:01.000Z'"), ("typeof([])", "array"),
        ("typeof(min)", "function"), ("typeof([min])", "array"), ("defined('min')", "true"),
        ("defined('now')", "true"), ("defined('nothing')", "false"), ("now", "'2017-01-19T16:27:20.974Z'"),
    ])
    func builtinComesTo(_ expression: String, _ expected: String) throws {
        #expect(try ExpressionTests.value(expression) == Rendering.node(expected, file: "expected"))
    }

    @Test(arguments: [
        ("min()", "invalid arguments to builtin: min: expected at least 1 arguments"),
        ("abs('a')", "invalid arguments to builtin: abs"), ("abs(1, 2)", "invalid arguments to builtin: abs"),
        ("range(1)", "invalid arguments to builtin: range: expected at least 2 arguments"),
        ("range(0, 3, 0)", "invalid arguments to builtin: range"),
        ("range(0, 1.5)", "invalid arguments to builtin: range"),
        ("number('abc')", "invalid arguments to builtin: number"),
        ("number('')", "invalid arguments to builtin: number"),
        ("number('0x10')", "invalid arguments to builtin: number"),
        ("number('nan')", "invalid arguments to builtin: number"),
        ("join([[1]], ',')", "invalid arguments to builtin: join"), ("len(1)", "invalid arguments to builtin: len"),
        ("str(min)", "invalid arguments to builtin: str"), ("fromNow(1)", "invalid arguments to builtin: fromNow"),
    ])
    func wrongArgumentsAreTold(_ expression: String, _ what: String) throws {
        let problem = #expect(throws: Diagnostic.self) { try ExpressionTests.value(expression) }
        #expect(problem?.what == what)
        #expect(problem?.code == .templateArguments)
    }

    @Test func contextOverridesBuiltins() throws {
        #expect(try ExpressionTests.value("min + 1", "{min: 1}") == 2)
        #expect(try Rendering.render("{$let: {lowercase: {$eval: uppercase}}, in: {$eval: 'lowercase(\"a\")'}}") == "A")
    }

    struct Refusal: Error {}

    @Test func callerAddsFunctions() throws {
        let context = try Context(
            Mapping(uniqueEntries: [Mapping.Entry("name", "api")]),
            functions: [
                "hash": { arguments in .string("#\(arguments.first?.string ?? "")") },
                "fail": { _ in throw Refusal() },
                "refuse": { _ in throw Diagnostic(.error, .templateArguments, "no such port", fix: "add it") },
            ])
        #expect(try Rendering.template("${hash(name)}").render(context) == "#api")
        #expect(try Rendering.template("{$if: 'defined(\"hash\")', then: 1}").render(context) == 1)
        let failure = #expect(throws: Diagnostic.self) { try Rendering.template("{a: '${fail()}'}").render(context) }
        #expect(failure?.what == "fail: Refusal()")
        let refusal = #expect(throws: Diagnostic.self) { try Rendering.template("{a: '${refuse()}'}").render(context) }
        #expect(refusal?.location?.description == "template.yaml:1:14")
        #expect(refusal?.what == "no such port")
    }

    @Test func contextNamesMustBeNameable() throws {
        let problem = #expect(throws: Diagnostic.self) { try Rendering.context("{a: 1, 'b-c': 2}") }
        #expect(problem?.code == .templateContext)
        #expect(problem?.location?.description == "context.yaml:1:8")
        #expect(throws: Diagnostic.self) { try Context(functions: ["a b": { _ in .null }]) }
    }
}
