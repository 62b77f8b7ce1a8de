import Testing

@testable import Diagnostics

@Suite struct SourceLocationTests {
    @Test func takesEightBytes() {
        #expect(MemoryLayout<Diagnostics.SourceLocation>.size == 8)
    }

    @Test(arguments: [
        (0, 0, 0, 0), (1, 1, 1, 1), (0xFF_FFFF, 0xFFFF, 0xFF_FFFF, 0xFFFF), (1 << 24, 1 << 16, 0xFF_FFFF, 0xFFFF),
        (-1, -1, 0, 0), (.max, .max, 0xFF_FFFF, 0xFFFF),
    ])
    func numbersSaturate(line: Int, column: Int, keptLine: Int, keptColumn: Int) {
        let location = Diagnostics.SourceLocation(file: SourceFile("a.yaml"), line: line, column: column)
        #expect(location.line == keptLine)
        #expect(location.column == keptColumn)
        #expect(location.file.name == "a.yaml")
    }

    @Test(arguments: [
        "a.yaml", "a.yaml:3", "a.yaml:3:4", "--set resources.cpu", "c:d.yaml:1:2", "a:b", "<stdin>:1:1", "::",
    ])
    func readsWhatItWrote(text: String) {
        let location = Diagnostics.SourceLocation(written: text)
        #expect(location.description == text)
        #expect(Diagnostics.SourceLocation(written: location.description) == location)
    }

    @Test func nothingIsKnownOfComputedValues() {
        #expect(!SourceLocation.unknown.isKnown)
        #expect(Diagnostic(.error, .unexpected, "x", at: .unknown).location == nil)
    }

    @Test func filesAreEqualByName() {
        #expect(SourceFile("same") == SourceFile("same"))
        #expect(SourceFile("same") != SourceFile("other"))
    }
}
