import Diagnostics
import Documents
import Testing

@Suite struct NodePathTests {
    @Test(
        arguments: [
            ("a", [.key("a")]), ("a.b", [.key("a"), .key("b")]), ("a[0]", [.key("a"), .index(0)]),
            ("a[0][12].b", [.key("a"), .index(0), .index(12), .key("b")]), (#"a\.b.c"#, [.key("a.b"), .key("c")]),
            (#"nvidia\.com/gpu"#, [.key("nvidia.com/gpu")]), (#"a\\b"#, [.key(#"a\b"#)]), (#"a\[0]"#, [.key("a[0]")]),
            ("é.😀", [.key("é"), .key("😀")]), ("a b", [.key("a b")]),
        ] as [(String, [NodePath.Step])])
    func readsAndWritesThePath(text: String, steps: [NodePath.Step]) throws {
        let path = try NodePath(parsing: text)
        #expect(path.steps == steps)
        #expect(try NodePath(parsing: path.description) == path)
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[-1]", "a[x]", "a[0]b", "a[0].", #"a\"#, "a.[0]",
    ])
    func refusesWhatIsNone(text: String) throws {
        let problem = try #require(throws: Diagnostic.self) { try NodePath(parsing: text) }
        #expect(problem.code == .path)
        #expect(problem.fix != nil)
    }

    @Test func findsValues() throws {
        let node: Node = ["a": [1, ["b.c": 2]], "d": .null]
        #expect(node[try NodePath(parsing: #"a[1].b\.c"#)] == 2)
        for missing in ["a[2]", "a.b", "d.e", "x", "a[0].b"] {
            #expect(node[try NodePath(parsing: missing)] == nil)
        }
        #expect(node[try NodePath(parsing: "d")] == .null)
    }
}
