import Diagnostics
import Documents
import Testing

@Suite struct YAMLParserTests {
    private func parse(_ text: String) throws -> Node {
        try YAMLParser.parseOne(text, file: SourceFile("test.yaml"))
    }

    @Test func keepsThePlaceOfEveryKeyAndValue() throws {
        let node = try parse("a:\n  b: [1, two]\n")
        let inner = try #require(node["a"]?.mapping?.entry("b"))
        #expect(inner.keyLocation.description == "test.yaml:2:3")
        #expect(inner.value.location.description == "test.yaml:2:6")
        #expect(inner.value.sequence?[1].location.description == "test.yaml:2:10")
    }

    @Test(
        arguments: [
            ("yes", Node.string("yes")), ("on", "on"), ("1:30", "1:30"), ("2001-01-01", "2001-01-01"),
            ("true", true), ("False", false), ("~", .null), ("", .null), ("null", .null),
            ("1e3", 1000), ("0o17", 15), ("0xff", 255), ("-1", -1), ("+1", 1), ("1.5", 1.5), ("'5'", "5"),
            ("4Gi", "4Gi"), ("0o8", "0o8"), ("1_000", "1_000"), ("!!str 5", "5"),
        ])
    func resolvesScalarsByTheCoreSchema(text: String, expected: Node) throws {
        #expect(try parse("v: \(text)")["v"] == expected)
    }

    @Test func keepsTheDigitsOfNumbers() throws {
        let node = try parse("version: 1.10\nbig: 123456789012345678901234567890\n")
        #expect(node["version"]?.number?.text == "1.10")
        #expect(node["big"]?.number?.portableText == "123456789012345678901234567890")
    }

    @Test func resolvesAnchorsAndMergeKeys() throws {
        let node = try parse("base: &b {x: 1, y: 2}\nother: &o {y: 9, z: 3}\nuse:\n  <<: [*b, *o]\n  x: 5\n")
        #expect(node["use"] == ["x": 5, "y": 2, "z": 3])
    }

    @Test(
        arguments: [
            ("a: 1\na: 2\n", "document.duplicate-key", "test.yaml:2:1"),
            ("a:\n\tb: 1\n", "document.syntax", "test.yaml:2:1"),
            ("a: \"open\n", "document.syntax", "test.yaml:2:1"),
            ("a: [1, 2\n", "document.syntax", "test.yaml:2:1"),
            ("a: *nope\n", "document.alias", "test.yaml:1:4"),
            ("a: &x [*x]\n", "document.alias", "test.yaml:1:8"),
            ("? [1]\n: 2\n", "document.complex-key", "test.yaml:1:3"),
            ("a: !Ref x\n", "document.tag", "test.yaml:1:4"),
            ("a: \u{1}\n", "document.syntax", "test.yaml:1:4"),
            ("a: b: c\n", "document.syntax", "test.yaml:1:5"),
            ("<<: 1\n", "document.merge-key", "test.yaml:1:5"),
        ])
    func tellsWhatIsWrongAndWhere(text: String, code: String, place: String) throws {
        let problem = try #require(throws: Diagnostic.self) { try parse(text) }
        #expect(problem.code.name == code)
        #expect(problem.location?.description == place)
    }

    @Test func boundsNestingAndAliases() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(try #require(throws: Diagnostic.self) { try parse(deep) }.code == .tooDeep)
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...12 {
            bomb += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n"
        }
        #expect(try #require(throws: Diagnostic.self) { try parse(bomb) }.code == .aliasExpansion)
    }

    @Test func refusesBytesThatAreNotUTF8() throws {
        let problem = try #require(throws: Diagnostic.self) {
            try YAMLParser.parse(Array("a: b\nc: ".utf8) + [0xFF, 0x0A], file: SourceFile("test.yaml"))
        }
        #expect(problem.code == .notUTF8)
        #expect(problem.location?.description == "test.yaml:2:4")
    }

    @Test func readsManyDocuments() throws {
        let documents = try YAMLParser.parse("a: 1\n---\nb: 2\n---\n", file: SourceFile("test.yaml"))
        #expect(documents == [["a": 1], ["b": 2], .null])
    }
}
