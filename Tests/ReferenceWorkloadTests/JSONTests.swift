import Testing

@testable import ReferenceWorkload

@Suite struct JSONTests {
    @Test func keepsAll64BitsOfIntegers() throws {
        let text =
            "{\"a\":-9223372036854775808,\"b\":18446744073709551615,\"c\":1.5e3,\"d\":[true,null,\"\\ud83d\\ude00\\n\"]}"
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(value["a"] == .integer(.min))
        #expect(value["b"] == .unsigned(.max))
        #expect(value["c"] == .number(1_500))
        #expect(value["d"] == .array([.bool(true), .null, .string("😀\n")]))
        #expect(try JSONValue(parsing: Array(value.text.utf8)) == value)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "01", "1.", "1e", "+1", "nul", "\"\\x\"", "\"\\ud800\"",
        "\"\\u12\"", "\"a", "\"\n\"", "[1] 2", "{\"a\":1,\"a\":2}", "1e999", "NaN", "'a'",
        String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
    ])
    func refusesWhatIsNotJSON(text: String) {
        let error = #expect(throws: ServiceError.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(error?.code == "invalid_json")
    }

    @Test func refusesStringsThatAreNotUTF8() {
        #expect(throws: ServiceError.self) { try JSONValue(parsing: [0x22, 0xC0, 0xAF, 0x22]) }
    }

    @Test func pythonReadsWhatIsWritten() async throws {
        let value = JSONValue.object([
            "text": .string("quote \" back \\ tab \t nul \u{0} é 😀"), "numbers": .array([.number(0.1), .number(1e-7)]),
            "endless": .number(.infinity),
        ])
        let output = try await Python.run(
            "import json,sys; v=json.load(sys.stdin); print(ascii(v['text']), v['numbers'], v['endless'])",
            input: Array(value.text.utf8))
        #expect(output == #"'quote " back \\ tab \t nul \x00 \xe9 \U0001f600' [0.1, 1e-07] None"#)
    }
}
