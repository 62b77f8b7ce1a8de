import Diagnostics
import Documents
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> Node {
        try JSONParser.parse(text, file: SourceFile("test.json"))
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1e3", 1000), ("1E+2", 100), ("-1.5e-1", -0.15), (" \t\r\n1 ", 1), ("\"\"", ""),
            ("\"\\u00e9\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\\\\\"\"", "é😀/\u{8}\u{C}\n\r\t\\\""),
            ("\"\u{7F}\"", "\u{7F}"),
            ("[]", []), ("{}", [:]), ("[[],{}]", [[], [:]]), ("{\"\":null}", ["": .null]), ("\u{FEFF}true", true),
            ("\"\\u0000\"", "\u{0}"),
        ] as [(String, Node)])
    func readsWhatTheGrammarAllows(text: String, expected: Node) throws {
        #expect(try parse(text) == expected)
    }

    @Test(arguments: [
        "", " ", "01", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x1", "NaN", "Infinity", "tru", "True", "nul",
        "[1,]",
        "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "'a'", "\"a", "\"\n\"", "\"\t\"",
        "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u", "\"\\",
        "1 2",
        "[1]]", "// a\n1", "[1,\n", "{\"a\":1,\"a\":2}", "\u{A0}1",
    ])
    func refusesWhatItDoesNot(text: String) throws {
        let problem = try #require(throws: Diagnostic.self) { try parse(text) }
        #expect(problem.location?.line ?? 0 > 0)
        #expect(problem.fix != nil, "\(problem)")
    }

    @Test(arguments: [
        ("[1, 2,]", "1:6", "a comma stands before the closing `]`", "remove the comma"),
        ("{\"a\": 1,\n}", "1:8", "a comma stands before the closing `}`", "remove the comma"),
        ("[True]", "1:2", "`True` is no JSON value", "write `true`"),
        ("[None]", "1:2", "`None` is no JSON value", "write `null`"),
        ("[NaN]", "1:2", "`NaN` is no JSON value", "write a number, `null`, or the text `\"NaN\"`"),
        ("[abc]", "1:2", "a JSON value is expected here", "write `\"abc\"`"),
        ("['a']", "1:2", "a JSON value is expected here", "write `\"text\"`"),
        ("// no\n1", "1:1", "a JSON value is expected here", "remove it, or save the file as YAML, which has comments"),
        ("[-01]", "1:2", "this is no JSON number", "write it as in `-12`, or in quotes when it is text"),
        ("[1", "1:3", "the document ends where `,` or `]` is expected", "close it with `]`"),
        ("[1 2]", "1:4", "`,` or `]` is expected here", "put a comma between the two values, or close with `]`"),
        (
            "\"a\nb\"", "1:3", "the string is not closed on its line",
            "close it with `\"`, or write `\\n` for a new line"
        ),
        ("\"\\d\"", "1:4", "`\\d` is not a JSON escape", "write `\\\\` for a backslash"),
    ])
    func tellsAWayOut(text: String, place: String, what: String, fix: String) throws {
        let problem = try #require(throws: Diagnostic.self) { try parse(text) }
        #expect(problem.location?.description == "test.json:\(place)")
        #expect(problem.what == what)
        #expect(problem.fix == fix)
    }

    @Test(arguments: [
        ("{\n  \"a\": [1,\n  tru]\n}", "test.json:3:3"), ("{\"é😀\": x}", "test.json:1:8"),
        ("{\"a\": 1,\n \"a\": 2}", "test.json:2:2"), ("[\"a\n\"]", "test.json:1:4"),
    ])
    func tellsThePlace(text: String, place: String) throws {
        #expect(try #require(throws: Diagnostic.self) { try parse(text) }.location?.description == place)
    }

    @Test(
        arguments: [
            (
                #"{"list":[{"key":{"a":[{"\"}":"]"}],"é":"\\"},"b":1}],"c":2}"#,
                ["list": [["key": .null, "b": 1]], "c": 2]
            ),
            (#"{"key":{"a":1},"list":{"key":"text"}}"#, ["key": ["a": 1], "list": ["key": "text"]]),
            (#"{"a":{"list":[{"key" : { } }]},"key":{}}"#, ["a": ["list": [["key": .null]]], "key": [:]]),
        ] as [(String, Node)])
    func leavesOut(text: String, expected: Node) throws {
        let omission = JSONParser.Omission(of: "key", in: "list")
        #expect(try JSONParser.parse(Array(text.utf8), file: SourceFile("x"), omitting: omission) == expected)
    }

    @Test(arguments: [#"{"list":{"key":{"#, #"{"list":{"key":{"a"#, #"{"list":{"key":{"a\"#, #"{"list":{"key":{}"#])
    func findsTheEndOfWhatIsLeftOut(text: String) throws {
        let omission = JSONParser.Omission(of: "key", in: "list")
        let problem = try #require(throws: Diagnostic.self) {
            try JSONParser.parse(Array(text.utf8), file: SourceFile("x"), omitting: omission)
        }
        #expect(problem.code == .syntax)
    }

    @Test func boundsNesting() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(try #require(throws: Diagnostic.self) { try parse(deep) }.code == .tooDeep)
        let allowed = YAMLParser.maximumDepth
        #expect(
            throws: Never.self,
            performing: { try parse(String(repeating: "[", count: allowed) + String(repeating: "]", count: allowed)) })
    }

    /// Python writes, in several manners, and reads back what is written here.
    /// Programs write JSON without line ends. Were the columns of a line counted from its start for each value, this
    /// would take hours, not a moment.
    @Test(.timeLimit(.minutes(2)))
    func aLineMayBeLong() throws {
        let count = 400_000
        let text = "[\"\u{e9}\"" + String(repeating: ",{\"a\":1}", count: count) + "]"
        let items = try #require(JSONParser.parse(text, file: SourceFile("line")).sequence)
        #expect(items.count == count + 1)
        #expect(items.last?["a"]?.location.line == 1)
        #expect(items[1].location.column == 6)
    }

    @Test func agreesWithPython() throws {
        var generator = SeededGenerator(seed: 11)
        let trees = (0..<2000).map { _ in generator.tree() }
        let output = try Python.run(
            """
            import json, sys
            manners = [{}, {"ensure_ascii": False}, {"indent": "\\t"}, {"separators": (",", ":")}]
            for index, line in enumerate(sys.stdin.buffer.read().decode().split("\\n")):
                tree = json.loads(line)
                text = json.dumps(tree, **manners[index % 4])
                print(json.dumps(text))
            """, input: trees.map { JSONEmitter.emit($0) }.joined(separator: "\n"))
        let lines = output.split(separator: "\n")
        #expect(lines.count == trees.count)
        for (line, tree) in zip(lines, trees) {
            let text = try #require(try parse(String(line)).string)
            #expect(try parse(text) == tree, "\(text)")
        }
    }
}
