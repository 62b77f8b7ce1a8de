import Diagnostics
import Documents
import Testing

@testable import TemplateRenderer

/// How mistakes are told: code, place, path, suggestion.
@Suite struct ProblemTests {
    @Test(arguments: [
        ("a: {$eval: nme}", "template.yaml:1:12"),
        ("a: {$eval: '1 + nme'}", "template.yaml:1:17"),
        ("a: {$eval: \"1 + nme\"}", "template.yaml:1:17"),
        ("a: hello ${1 + nme}", "template.yaml:1:16"),
        ("a: 'é ${nme}'", "template.yaml:1:9"),
        ("a: 'it''s ${nme}'", "template.yaml:1:4"),
        ("a: \"\\u00e9 ${nme}\"", "template.yaml:1:4"),
        ("a: >\n  hello ${nme}", "template.yaml:1:4"),
        ("a: |\n  hello ${nme}", "template.yaml:1:4"),
        ("a: hello\n  there ${nme}", "template.yaml:1:4"),
        ("a: {'k${nme}': 1}", "template.yaml:1:9"),
        ("a: {$switch: {nme: 1}}", "template.yaml:1:15"),
        ("a: {$if: 'x || nme', then: 1}", "template.yaml:1:16"),
        ("a: {$sort: [2, 1], by(x): x + nme}", "template.yaml:1:31"),
    ])
    func undefinedNameIsPlaced(_ template: String, _ location: String) {
        let problem = Rendering.problem(template, "{name: n, x: 0}")
        #expect(problem?.code == .templateUndefinedName)
        #expect(problem?.location?.description == location)
        #expect(problem?.fix == "did you mean `name`?")
        #expect(problem?.notes.map(\.message) == ["in `template.a`"])
    }

    @Test func withoutTheSourceTheStringsPlaceHasToDo() throws {
        let node = try Rendering.node("a: 'x ${nme}'", file: "template.yaml")
        let problem = #expect(throws: Diagnostic.self) { try Template(node).render(Context()) }
        #expect(problem?.location?.description == "template.yaml:1:4")
    }

    @Test(arguments: [
        ("a: {$eval: '1 +'}", "template.yaml:1:16", "template.syntax"),
        ("a: {$eval: '1 + * 2'}", "template.yaml:1:17", "template.syntax"),
        ("a: x ${1", "template.yaml:1:6", "template.syntax"),
        ("a: x ${1 2}", "template.yaml:1:10", "template.syntax"),
        ("a: {$eval: \"'open\"}", "template.yaml:1:13", "template.syntax"),
        ("a: {$eval: name - 1}", "template.yaml:1:17", "template.evaluation"),
        ("a: {$eval: name.x}", "template.yaml:1:17", "template.evaluation"),
        ("a: {$eval: 'lowercase(1)'}", "template.yaml:1:22", "template.arguments"),
        ("a: ${object}", "template.yaml:1:6", "template.operator"),
        ("a: {$map: 1, each(x): 1}", "template.yaml:1:4", "template.operator"),
        ("a: {$if: x, thne: 1}", "template.yaml:1:13", "template.operator"),
        ("a: {$mpa: 1}", "template.yaml:1:5", "template.operator"),
    ])
    func mistakeIsPlaced(_ template: String, _ location: String, _ code: String) {
        let problem = Rendering.problem(template, "{name: n, object: {}}")
        #expect(problem?.location?.description == location)
        #expect(problem?.code.name == code)
    }

    @Test func contextValueIsPointedAt() {
        let problem = Rendering.problem("a: {$eval: replicas + 1}", "image: x\nreplicas: three")
        #expect(problem?.why == "the left side is a string, the right side a number")
        #expect(
            problem?.notes == [
                Diagnostic.Note(
                    "the left side is from here",
                    at: SourceLocation(file: SourceFile("context.yaml"), line: 2, column: 11)),
                Diagnostic.Note("in `template.a`"),
            ])
    }

    @Test func allSyntaxErrorsAreToldTogether() throws {
        let report = #expect(throws: DiagnosticReport.self) {
            try Rendering.template("a: {$if: x, then: '${1 +}', else: {$evla: 1}}\nb: [{$eval: ')'}]\nc: {$let: 1}")
        }
        #expect(report?.diagnostics.map { $0.location?.line } == [1, 1, 2, 3])
        #expect(report?.diagnostics[2].notes.map(\.message) == ["in `template.b[0]`"])
        #expect(report?.diagnostics[1].fix == "did you mean `$eval`? Or write `$$evla` for the key `$evla`")
    }

    @Test func pathQuotesKeysThatAreNoWords() {
        let problem = Rendering.problem("'app.io/x': [{$if: 'true', then: {y: '${z}'}}]")
        #expect(problem?.notes.last?.message == #"in `template["app.io/x"][0].y`"#)
    }

    @Test func missingPropertySuggestsANearOne() {
        let problem = Rendering.problem("{$eval: spec.imgae}", "spec: {image: x}")
        #expect(problem?.what == "object has no property \"imgae\"")
        #expect(problem?.fix == "did you mean `image`?")
        #expect(problem?.notes.first?.location?.description == "context.yaml:1:7")
    }

    @Test func functionsDoNotReachTheOutput() {
        for template in ["{$eval: min}", "[{a: {$eval: '[min]'}}]", "{$json: {$eval: min}}"] {
            #expect(Rendering.problem(template)?.what == "evaluated template contained uncalled functions")
        }
    }

    @Test(arguments: [
        ("a and b", "write `&&`"), ("a or b", "write `||`"),
        ("1 if a else 2", "choose with `{$if: condition, then: value, else: value}`"),
        ("1 +", "complete the expression"), ("(1", "complete the expression"),
    ])
    func operatorsOfOtherLanguagesAreToldApart(expression: String, fix: String) {
        #expect(Rendering.problem("{$eval: '\(expression)'}", "{a: true, b: true}")?.fix == fix)
    }
}
