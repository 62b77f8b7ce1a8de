import Testing

@testable import KubernetesClient

/// Lines out of the pieces in which a stream arrives.
@Suite struct LineSplitterTests {
    @Test(
        arguments: [
            (["a\nb", "c\n", "\n"], ["a", "bc", ""], nil),
            (["ab"], [], "ab"),
            // A line without an end does not grow in memory.
            (["12345", "67890123", "4\n"], ["12345678", "901234"], nil),
            (["1234567890123456789"], ["12345678", "90123456"], "789"),
        ] as [([String], [String], String?)])
    func cutsAtNewlinesAndAtTheMaximum(pieces: [String], lines: [String], rest: String?) {
        var splitter = LineSplitter(maximum: 8)
        let found = pieces.flatMap { splitter.lines(adding: Array($0.utf8)) }
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == lines)
        #expect(splitter.end().map { String(decoding: $0, as: UTF8.self) } == rest)
    }
}
