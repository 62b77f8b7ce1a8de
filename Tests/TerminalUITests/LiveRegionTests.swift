import Testing

@testable import TerminalUI

/// What stands at the bottom of a terminal.
@Suite struct LiveRegionTests {
    @Test func aQuestionStandsAloneUntilItIsAnswered() {
        var region = LiveRegion()
        #expect(region.show(["one", "two"]) == "one\ntwo\n")
        #expect(region.beginQuestion() == "\r\u{1B}[2A\u{1B}[J")
        #expect(region.show(["one"]).isEmpty)
        #expect(region.show(["newest"]).isEmpty)
        #expect(region.isEmpty && region.isAsking)
        #expect(region.endQuestion() == "newest\n")
        #expect(!region.isAsking)
        #expect(region.show([]) == "\r\u{1B}[1A\u{1B}[J")
    }

    @Test func whatStoodThereBeforeAQuestionComesBack() {
        var region = LiveRegion()
        _ = region.show(["one"])
        _ = region.beginQuestion()
        #expect(region.endQuestion() == "one\n")
    }
}
