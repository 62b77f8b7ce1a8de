import Diagnostics
import Documents
import Testing

@Suite struct MergePatchTests {
    /// The table of RFC 7386, appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
        (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func mergesAsTheSpecificationSays(original: String, patch: String, result: String) throws {
        let file = SourceFile("case.json")
        var node = try JSONParser.parse(original, file: file)
        node.merge(try JSONParser.parse(patch, file: file))
        #expect(node == (try JSONParser.parse(result, file: file)))
    }

    private static let keys = ListKeys(children: ["env": ListKeys(entryKey: "name")])

    @Test(
        arguments: [
            ([["name": "A", "v": 2]], [["name": "A", "v": 2], ["name": "B", "v": 1]]),
            ([["name": "C", "v": 3]], [["name": "A", "v": 1], ["name": "B", "v": 1], ["name": "C", "v": 3]]),
            ([["name": "A", "w": 2]], [["name": "A", "v": 1, "w": 2], ["name": "B", "v": 1]]),
            ([["name": "A", "v": .null]], [["name": "B", "v": 1]]),
            ([["name": "A", "v": .null, "w": 1]], [["name": "A", "w": 1], ["name": "B", "v": 1]]),
            ([], [["name": "A", "v": 1], ["name": "B", "v": 1]]),
            ([["name": "A"]], [["name": "A", "v": 1], ["name": "B", "v": 1]]),
        ] as [(Node, Node)])
    func keyedListsMergeByTheirKey(patch: Node, result: Node) {
        var node: Node = ["env": [["name": "A", "v": 1], ["name": "B", "v": 1]]]
        node.merge(["env": patch], listKeys: Self.keys)
        #expect(node == ["env": result])
    }

    @Test func valuesKeepTheirPlaces() throws {
        var node = try YAMLParser.parseOne("a: {x: 1, y: 2}", file: SourceFile("low"))
        node.merge(try YAMLParser.parseOne("a: {y: 3}", file: SourceFile("high")))
        #expect(node.value("a", "x")?.location.description == "low:1:8")
        #expect(node.value("a", "y")?.location.description == "high:1:8")
    }
}
