import Diagnostics
import Documents
import Testing

@testable import TemplateRenderer

/// Templates that would take the machine down are told so instead.
@Suite struct LimitTests {
    static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(arguments: [
        "(", "[", "{a:", "min(", "a[", "a[1:", "!(", "1 + (", "!", "-", "+", "- ", "!-+", "[!", "(-",
    ])
    func deepExpressionIsAnError(_ opening: String) throws {
        let expression = Self.repeated(opening, 100_000)
        for template: Node in [["$eval": .string(expression)], .string("${" + expression + "}")] {
            let report = #expect(throws: DiagnosticReport.self) { try Template(template) }
            #expect(report?.diagnostics.map(\.code) == [.templateLimit])
        }
    }

    @Test(arguments: [
        ("1 + ", "1 > 1"), ("true && ", "1 < 2"), ("1 ** ", "1 == 1"), ("1 == ", "1"),
    ])
    func longExpressionIsEvaluated(_ repetition: String, _ end: String) throws {
        let expression = Self.repeated(repetition, 20_000) + end
        #expect(try Template(["$eval": .string(expression)]).render(Context()).bool != nil)
    }

    @Test func longAccessIsEvaluated() throws {
        let expression = "now" + Self.repeated("[0:]", 10_000)
        #expect(try Template(["$eval": .string(expression)]).render(Context(), now: "1") == "1")
    }

    @Test func expressionAtTheLimitIsEvaluated() throws {
        let depth = ExpressionParser.maximumDepth - 1
        let expression = Self.repeated("[(", depth / 2) + "1" + Self.repeated(")]", depth / 2)
        #expect(try Template(["$eval": .string(expression)]).render(Context()).sequence != nil)
        let signs = Self.repeated("!", depth) + "true"
        #expect(try Template(["$eval": .string(signs)]).render(Context()) == .bool(depth % 2 == 0))
    }

    @Test func deepTemplateIsAnError() throws {
        var node: Node = "${x}"
        for _ in 0..<500 { node = ["$if": "true", "then": [node]] }
        let template = node
        let report = #expect(throws: DiagnosticReport.self) { try Template(template) }
        #expect(report?.diagnostics.map(\.code) == [.templateLimit])
    }

    @Test func templateAtTheLimitIsRendered() throws {
        let depth = ExpressionParser.maximumDepth - 2
        var node: Node = .string("${" + Self.repeated("min(", depth) + "x" + Self.repeated(")", depth) + "}")
        for _ in 0..<(YAMLParser.maximumDepth - 2) { node = ["$let": ["x": 1], "in": node] }
        #expect(try Template(node).render(Context()) == "1")
    }

    @Test(arguments: [
        "{$eval: 'range(0, 1000000000)'}",
        "{$map: {$eval: 'range(0, 2000)'}, each(x): {$map: {$eval: 'range(0, 2000)'}, each(y): {$eval: y}}}",
        "{$reduce: {$eval: 'range(0, 10000)'}, initial: [], 'each(a, x)': [{$eval: a}]}",
        "{$reduce: {$eval: 'range(0, 100)'}, initial: [], 'each(a, x)': [{$eval: a}, {$eval: a}]}",
        "{$reduce: {$eval: 'range(0, 100)'}, initial: 'x', 'each(a, x)': '${a}${a}'}",
        "{$reduce: {$eval: 'range(0, 100)'}, initial: 'x', 'each(a, x)': {$eval: 'a + a'}}",
        "{$reduce: {$eval: 'range(0, 100)'}, initial: 'x', 'each(a, x)': {$eval: 'join([a, a], a)'}}",
        "{$reduce: {$eval: 'range(0, 1000)'}, initial: {}, 'each(a, x)': {f: {$eval: min}, a: {$eval: a}}}",
    ])
    func growthIsBounded(_ template: String) {
        #expect(Rendering.problem(template)?.code == .templateLimit)
    }

    @Test func numbersOverflowIntoDoubles() throws {
        #expect(try ExpressionTests.value("9223372036854775807 * 9223372036854775807 > 8 * 10 ** 37") == true)
        #expect(try ExpressionTests.value("-(0 - 9223372036854775807 - 1)") == 9223372036854775808.0)
        #expect(try ExpressionTests.value("(0 - 9223372036854775807 - 1) / -1") == 9223372036854775808.0)
        #expect(try ExpressionTests.value("range(9223372036854775800, 9223372036854775807, 100)").sequence?.count == 1)
    }
}
