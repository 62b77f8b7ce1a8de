import Diagnostics
import Documents
import Testing

@testable import TemplateRenderer

@Suite struct ExpressionTests {
    static func value(_ expression: String, _ context: String = "{}") throws -> Node {
        let template = try Template(["$eval": .string(expression)])
        return try template.render(Rendering.context(context), now: Rendering.now)
    }

    @Test(
        arguments: [
            ("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("2 ** 3 ** 2", 512), ("-2 ** 2", 4), ("10 - 4 - 3", 3),
            ("7 / 2", 3.5), ("6 / 3", 2), ("1 / 3", 0.3333333333333333), ("- - 3", 3), ("2 ** -1", 0.5),
            ("9007199254740993 + 1", 9_007_199_254_740_994), ("9223372036854775807 + 1", 9.223372036854776e18),
            ("9223372036854775807 * 2", 1.8446744073709552e19), ("0.1 + 0.2", 0.30000000000000004),
            ("2 ** 62", 4_611_686_018_427_387_904),
            ("2 ** 64", 1.8446744073709552e19), ("min(3, 1.5)", 1.5), ("len(split('a,b', ','))", 2),
            ("[1, 2, 3][1:][0]", 2), ("{a: {b: 7}}.a['b']", 7), ("-a.b", -2), ("[max, min][0](1, 2)", 2),
        ] as [(String, Node)])
    func numberIs(_ expression: String, _ expected: Node) throws {
        #expect(try Self.value(expression, "{a: {b: 2}}") == expected)
    }

    @Test(
        arguments: [
            ("1 < 2 && 2 < 3", true), ("1 == 1.0", true), ("'a' == 1", false), ("!a.b", false), ("!!a", true),
            ("1 in [1, 2]", true), ("'b' in 'abc'", true), ("'b' in {b: 1}", true), ("'é' < 'z'", false),
            ("'b' in {b: min}", true), ("min in [max, min]", true), ("a == {b: 2}", true), ("[min] == [min]", true),
            ("[min] == [max]", false), ("1 == 1 in [true]", true), ("'' in 'abc'", true), ("true || nothing", true),
            ("false && nothing", false), ("null == null", true), ("2 >= 2 && 'b' <= 'b'", true),
        ] as [(String, Bool)])
    func truthIs(_ expression: String, _ expected: Bool) throws {
        #expect(try Self.value(expression, "{a: {b: 2}}") == .bool(expected))
    }

    @Test(arguments: [
        ("'x' + 'y'", "xy"), ("'abc'[-1]", "c"), ("'abc'[1:]", "bc"), ("'abc'[:-1]", "ab"), ("'abc'[:]", "abc"),
        ("'é☃😁'[1:2]", "☃"), ("\"it's\"", "it's"), ("['a', 'b'][-2]", "a"),
    ])
    func textIs(_ expression: String, _ expected: String) throws {
        #expect(try Self.value(expression) == .string(expected))
    }

    @Test(arguments: [
        ("a", "1"), ("b", "1.5"), ("c", "100000000000000000000"), ("d", "1e+21"), ("e", "1e-7"), ("f", "0.000001"),
        ("g", "255"), ("h", "1"), ("i", "12345678901234567890123"), ("j", "-1.25e-9"), ("k", "123456789012345680000"),
        ("l", "1000"), ("m", "0"), ("n", "Infinity"),
    ])
    func numbersAreWrittenAsInECMAScript(_ name: String, _ expected: String) throws {
        let context = """
            {a: 1, b: 1.50, c: 1e20, d: 1e21, e: 1e-7, f: 1e-6, g: 0xff, h: 1.0, i: 12345678901234567890123,
             j: -1.25e-9, k: 123456789012345678901.0, l: 1e3, m: -0, n: .inf}
            """
        #expect(try Rendering.render("${\(name)}", context) == .string(expected))
    }

    @Test func bigIntegersPassThroughWithAllTheirDigits() throws {
        let node = try Rendering.render("{$eval: big}", "{big: 123456789012345678901234567890}")
        #expect(node.number?.text == "123456789012345678901234567890")
    }

    @Test(arguments: [
        ("a[5]", "index out of bounds"), ("a[-5]", "index out of bounds"), ("a.b", "infix: . expects objects"),
        ("1 - 'a'", "infix: - expects number - number"), ("1 % 2", "Unexpected input for '1 % 2' at '% 2'"),
        ("", "Unexpected end of input"), ("a[1 2]", "Found: 2 token, expected one of: ]"),
        ("1 / 0", "division by zero"), ("1 / 0.0", "division by zero"), ("a(1)", "array is not callable"),
        ("now + 1", "infix: + expects numbers/strings + numbers/strings"),
    ])
    func mistakeIsTold(_ expression: String, _ what: String) {
        let quoted = expression.replacing("'", with: "''")
        #expect(Rendering.problem("{$eval: '\(quoted)'}", "{a: [1, 2]}")?.what == what)
    }
}
