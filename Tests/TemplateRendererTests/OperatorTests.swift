import Diagnostics
import Documents
import Testing

@testable import TemplateRenderer

@Suite struct OperatorTests {
    @Test(arguments: [
        RenderingCase("{$eval: 'a.b + 1'}", "{a: {b: 2}}", is: "3"),
        RenderingCase("{$if: 'a > 1', then: big, else: small}", "{a: 2}", is: "big"),
        RenderingCase("{$if: 'a > 1', then: big, else: small}", "{a: 1}", is: "small"),
        RenderingCase("[1, {$if: 'false', then: 2}]", is: "[1]"),
        RenderingCase("{a: {$if: 'false', then: 2}, b: 3}", is: "{b: 3}"),
        RenderingCase("{$if: 'false', then: 2}", is: "null"),
        RenderingCase("{$flatten: [1, [2, [3]], []]}", is: "[1, 2, [3]]"),
        RenderingCase("{$flattenDeep: [1, [2, [3, [4]]], []]}", is: "[1, 2, 3, 4]"),
        RenderingCase("{$fromNow: '1 hour'}", is: "'2017-01-19T17:27:20.974Z'"),
        RenderingCase(
            "{$fromNow: '-1 day', from: {$eval: t}}", "{t: '2020-03-01T00:00:00Z'}", is: "'2020-02-29T00:00:00.000Z'"),
        RenderingCase("{$json: {b: [1, null], a: 'x'}}", is: #"'{"a":"x","b":[1,null]}'"#),
        RenderingCase("{$let: {x: {$eval: 'y + 1'}}, in: ['${x}', '${y}']}", "{y: 1}", is: "['2', '1']"),
        RenderingCase("{$let: {x: 1}, in: {$let: {x: 2}, in: {$eval: x}}}", is: "2"),
        RenderingCase("{$let: {$if: 'false'}, in: 1}", is: "1"),
        RenderingCase("{$let: {x: 1}, in: null}", is: "null"),
        RenderingCase("{$map: [1, 2], each(x): {$eval: 'x * 2'}}", is: "[2, 4]"),
        RenderingCase("{$map: [a, b], 'each(x, i)': '${i}${x}'}", is: "['0a', '1b']"),
        RenderingCase("{$map: [1, 2], each(x): {$if: 'x > 1', then: {$eval: x}}}", is: "[2]"),
        RenderingCase("{$map: {a: 1}, each(e): {'${e.key}!': {$eval: e.val}}}", is: "{'a!': 1}"),
        RenderingCase("{$map: {a: 1, b: 2}, 'each(v,k)': {'${v}': {$eval: k}}}", is: "{'1': a, '2': b}"),
        RenderingCase("{$match: {'x > 1': b, 'x > 0': a, 'x > 5': c}}", "{x: 2}", is: "[a, b]"),
        RenderingCase("{$switch: {'x > 1': b, 'x < 0': a}}", "{x: 2}", is: "b"),
        RenderingCase("{$switch: {'x > 1': b, $default: c}}", "{x: 0}", is: "c"),
        RenderingCase("[{$switch: {'x > 1': b}}]", "{x: 0}", is: "[]"),
        RenderingCase("{$merge: [{a: 1, b: 1}, {b: 2}]}", is: "{a: 1, b: 2}"),
        RenderingCase(
            "{$mergeDeep: [{a: {x: [1], y: 1}}, {a: {x: [2]}}, {a: {y: 2}}]}", is: "{a: {x: [1, 2], y: 2}}"),
        RenderingCase("{$mergeDeep: [{a: [1]}, {a: 2}, {a: [3]}, {a: [4]}]}", is: "{a: [3, 4]}"),
        RenderingCase("{$sort: [3, 1, 2]}", is: "[1, 2, 3]"),
        RenderingCase("{$sort: [b, a, Z]}", is: "[Z, a, b]"),
        RenderingCase("{$sort: [{n: 2}, {n: 1}], by(x): x.n}", is: "[{n: 1}, {n: 2}]"),
        RenderingCase("{$sort: []}", is: "[]"),
        RenderingCase("{$reverse: [1, 2, 3]}", is: "[3, 2, 1]"),
        RenderingCase("{$reduce: [1, 2, 3], 'each(acc, x)': {$eval: 'acc + x'}, initial: 10}", is: "16"),
        RenderingCase("{$reduce: [a, b], 'each(acc, x, i)': '${acc}${i}${x}', initial: ''}", is: "0a1b"),
        RenderingCase("{$find: [1, 2, 3], each(x): 'x > 1'}", is: "2"),
        RenderingCase("{$find: [5, 6], 'each(x, i)': 'i == 1'}", is: "6"),
        RenderingCase("[{$find: [1], each(x): 'x > 1'}]", is: "[]"),
    ])
    func operatorComesTo(_ test: RenderingCase) throws {
        #expect(try Rendering.render(test.template, test.context) == Rendering.node(test.result, file: "expected"))
    }

    @Test(arguments: [
        RenderingCase("{$$eval: x, $$let: {$$if: '${y}'}}", "{y: 1}", is: "{$eval: x, $let: {$if: '1'}}"),
        RenderingCase("{'$$a${y}': 1}", "{y: 1}", is: "{'$a${y}': 1}"),
        RenderingCase("{'$a b': 1, '$': 2}", is: "{'$a b': 1, '$': 2}"),
        RenderingCase("'$${x} $$${x} ${1}'", is: "'${x} $${x} 1'"),
        RenderingCase("{'a${1}': 1, 'a1': 2, b: 3}", is: "{a1: 2, b: 3}"),
        RenderingCase("'costs 5$ or $5'", is: "'costs 5$ or $5'"),
    ])
    func dollarsAreEscaped(_ test: RenderingCase) throws {
        #expect(try Rendering.render(test.template, test.context) == Rendering.node(test.result, file: "expected"))
    }

    @Test func mappingsKeepTheTemplatesOrder() throws {
        let node = try Rendering.render("{z: 1, '${k}': 2, a: 3, m: {$if: 'true', then: 4}}", "{k: y}")
        #expect(node.mapping.map { Array($0.keys) } == ["z", "y", "a", "m"])
    }

    @Test(arguments: [
        "{$if: 1}": "$if can evaluate string expressions only",
        "{$if: a, $then: 1}": "$if has undefined properties: $then",
        "{$map: [1]}": "$map must have exactly two properties",
        "{$find: [1]}": "$find must have exactly two properties",
        "{$find: [1], each(x): 1}": "each can evaluate string expressions only",
        "{$sort: [1], by(x): 1}": "by can evaluate string expressions only",
        "{$eval: a, $if: b}": "only one operator allowed",
        "{$evil: a}": "$<identifier> is reserved; use $$<identifier>",
        "{$map: [1], 'each(x,y,z)': 1}": "$map has undefined properties: each(x,y,z)",
        "{$fromNow: 'soon'}": "String: 'soon' isn't a time expression",
        "{$fromNow: '1d', from: 'today'}": "the time to count from is no RFC 3339 time",
        "{$let: {'a-b': 1}, in: 1}": "top level keys of $let must follow /[a-zA-Z_][a-zA-Z0-9_]*/",
        "{$merge: [{}, 1]}": "$merge value must evaluate to an array of objects",
    ])
    func misuseIsTold(_ template: String, _ what: String) {
        let problem = Rendering.problem(template)
        #expect(problem?.what == what)
    }

    @Test func templateRendersManyContexts() throws {
        let template = try Rendering.template("{$map: {$eval: list}, each(x): '${name}-${x}'}")
        #expect(try template.render(Rendering.context("{name: a, list: [1]}")) == ["a-1"])
        #expect(try template.render(Rendering.context("{name: b, list: [2, 3]}")) == ["b-2", "b-3"])
    }
}
