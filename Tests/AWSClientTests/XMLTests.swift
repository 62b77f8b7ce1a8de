import AWSClient
import Diagnostics
import Documents
import Testing

/// Answers in XML, as trees.
@Suite struct XMLTests {
    private func read(_ text: String) throws -> Node { try XMLReader.read(Array(text.utf8)).content }

    @Test func elementsAreEntriesAndTexts() throws {
        let xml = """
            <?xml version="1.0"?>
            <Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
              <Role><Name>a &amp; b</Name><Path a="b">/</Path></Role><Empty/><Text> as it <![CDATA[<is>]]> </Text>
            </Response>
            """
        #expect(
            try read(xml) == ["Role": ["Name": "a & b", "Path": "/"], "Empty": "", "Text": " as it <is> "])
        #expect(try XMLReader.read(Array(xml.utf8)).name == "Response")
    }

    @Test func listsHaveNoneOneOrSeveralElements() throws {
        #expect(try read("<r><l/></r>")["l"]?.elements("m") == [])
        #expect(try read("<r><l><m>1</m></l></r>")["l"]?.elements("m") == ["1"])
        #expect(try read("<r><l><m>1</m><m>2</m><m><n/></m></l></r>")["l"]?.elements("m") == ["1", "2", ["n": ""]])
    }

    @Test(arguments: [
        ("", "no element found"), ("<a><b></a>", "mismatched tag"), ("{\"a\": 1}", "not well-formed"),
        ("<a>&unknown;</a>", "undefined entity"), (String(repeating: "<a>", count: 5000), "nested too deep"),
    ])
    func saysWhatIsNone(text: String, words: String) throws {
        let problem = try #require(throws: Diagnostic.self) { try XMLReader.read(Array(text.utf8)) }
        #expect(problem.what.contains(words), "\(problem.what)")
    }

    /// https://libexpat.github.io/doc/api/latest/#billion-laughs
    @Test func refusesEntitiesWithoutEnd() throws {
        var text = "<!DOCTYPE a [<!ENTITY e0 \"\(String(repeating: "x", count: 1000))\">"
        for level in 1...9 {
            text += "<!ENTITY e\(level) \"\(String(repeating: "&e\(level - 1);", count: 10))\">"
        }
        let problem = try #require(throws: Diagnostic.self) { try read(text + "]><a>&e9;</a>") }
        #expect(problem.what.contains("amplification"), "\(problem.what)")
    }
}
