import Diagnostics
import Documents
import Testing

/// Input made to exhaust the reader, or cut off anywhere.
@Suite struct BoundTests {
    private func parse(_ text: String) throws -> [Node] {
        try YAMLParser.parse(text, file: SourceFile("test.yaml"))
    }

    /// Each merges the one before twice: written out, 2ⁿ values. Forty levels, because the count of more would
    /// overflow, were there no bound.
    @Test func mergeKeysCannotExplode() throws {
        func nested(_ levels: Int) -> String {
            (1...levels).reduce("m0: &m0 {k0: 1}\n") { text, level in
                text + "m\(level): &m\(level) {<<: [*m\(level - 1), *m\(level - 1)], k\(level): 1}\n"
            }
        }
        let problem = try #require(throws: Diagnostic.self) { try parse(nested(40)) }
        #expect(problem.code == .aliasExpansion)
        #expect(try parse(nested(10)).first?["m10"]?.mapping?.count == 11)
    }

    /// A map of n keys merged n times is n² entries of work and memory.
    @Test func mergingALargeMapManyTimesIsRefused() throws {
        let keys = (0..<2000).map { "k\($0): 1" }.joined(separator: ", ")
        let text = "big: &big {\(keys)}\n" + (0..<2000).map { "u\($0): {<<: *big}\n" }.joined()
        #expect(try #require(throws: Diagnostic.self) { try parse(text) }.code == .aliasExpansion)
    }

    @Test func theBoundHoldsForAllDocumentsTogether() throws {
        let list = (0..<1000).map(String.init).joined(separator: ",")
        let document = "a: &a [\(list)]\nb: [\(Array(repeating: "*a", count: 100).joined(separator: ","))]\n---\n"
        let problem = try #require(throws: Diagnostic.self) { try parse(String(repeating: document, count: 12)) }
        #expect(problem.code == .aliasExpansion)
    }

    @Test(arguments: ["[", "{a: ", "- ", "a:\n", "? "])
    func deepNestingIsRefused(opening: String) throws {
        var text = ""
        if opening == "a:\n" {
            for depth in 0..<200 { text += String(repeating: " ", count: depth) + "a:\n" }
        } else {
            text = String(repeating: opening, count: 100_000)
        }
        let problem = try #require(throws: Diagnostic.self) { try parse(text) }
        #expect(problem.location != nil)
    }

    @Test func readsALargeScalar() throws {
        let text = String(repeating: "x", count: 10 << 20)
        #expect(try parse("a: \(text)\n").first?["a"]?.string?.utf8.count == 10 << 20)
        #expect(try parse("a: \"\(text)\"\n").first?["a"]?.string?.utf8.count == 10 << 20)
    }

    /// Were each key searched for in order, this would compare five thousand million times.
    @Test func readsManyKeys() throws {
        let text = (0..<100_000).map { "key-\($0): \($0)\n" }.joined()
        let mapping = try #require(try parse(text).first?.mapping)
        #expect(mapping.count == 100_000)
        #expect(mapping["key-99999"] == 99_999)
    }

    static let sample = """
        # Everything at once.
        base: &base {a: 1, "b": 'two', c: [~, true, 0x1F]}
        use:
          <<: *base
          text: |
            line
              more

          folded: >-
            one
            two
          ? key
          : "esc\\u00e9 \\
            joined"
        list:
        - 1.10
        - - nested
          - é😀
        --- !!map
        second: {x: !!str 5}
        ...

        """

    @Test func everyPrefixParsesOrIsToldWithAPlace() {
        let bytes = Array(Self.sample.utf8)
        var parsed = 0
        for end in 0...bytes.count {
            do {
                _ = try YAMLParser.parse(Array(bytes[..<end]), file: SourceFile("cut.yaml"))
                parsed += 1
            } catch {
                #expect(error.location?.line ?? 0 > 0, "\(end): \(error)")
                #expect(!error.what.isEmpty)
            }
        }
        #expect(parsed > bytes.count / 4)
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xC3], "1:4"), ([0x61, 0x0A, 0xC3, 0xA9, 0xC3, 0x28], "2:2"),
            ([0xFF, 0xFE, 0x61, 0x00], "1:1"),
            ([0xFE, 0xFF, 0x00, 0x61], "1:1"), ([0x61, 0xED, 0xA0, 0x80], "1:2"), ([0x61, 0xC0, 0x80], "1:2"),
            ([0x61, 0xF4, 0x90, 0x80, 0x80], "1:2"), ([0x80], "1:1"),
        ] as [([UInt8], String)])
    func bytesThatAreNotUTF8AreTold(bytes: [UInt8], place: String) throws {
        for read in [
            { () throws in _ = try YAMLParser.parse(bytes, file: SourceFile("bytes")) },
            { () throws in _ = try JSONParser.parse(bytes, file: SourceFile("bytes")) },
        ] {
            let problem = try #require(throws: Diagnostic.self) { try read() }
            #expect(problem.code == .notUTF8)
            #expect(problem.location?.description == "bytes:\(place)")
        }
    }

    @Test func aByteOrderMarkIsNoContent() throws {
        #expect(try parse("\u{FEFF}a: 1\n") == [["a": 1]])
    }
}
