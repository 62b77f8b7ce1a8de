import Documents
import Testing

@testable import TemplateRenderer

@Suite struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1), ("2000-02-29T12:00:00Z", 951_825_600_000),
        ("2017-01-19T16:27:20.974Z", 1_484_843_240_974), ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("2020-01-01T01:30:00+01:30", 1_577_836_800_000),
        ("2020-01-01t00:00:00.1239999z", 1_577_836_800_123),
    ])
    func timeIsRead(_ text: String, _ milliseconds: Int) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2020", "2020-13-01T00:00:00Z", "2021-02-29T00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T00:00:00",
        "2020-01-01T00:00:00Zx", "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00+1:00", "0000-01-01T00:00:00+01:00",
    ])
    func nonsenseIsNoTime(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    /// Every day of four hundred years comes back as it was written.
    @Test func datesComeBack() {
        var text = "1800-01-01T23:59:59.001Z"
        for _ in 0..<146_097 {
            guard let time = Timestamp(text), let day = TimeSpan("1 day"), let next = time.advanced(by: day) else {
                Issue.record("\(text) is not read")
                return
            }
            if time.text != text { Issue.record("\(text) is written \(time.text)") }
            text = next.text
        }
        #expect(text == "2200-01-01T23:59:59.001Z")
    }

    @Test(arguments: [
        ("", 0), ("1s", 1000), (" - 1 h ", -3_600_000), ("+2 minutes", 120_000), ("1y", 31_536_000_000),
        ("1mo 1m", 2_592_060_000), ("1 YR", 31_536_000_000), ("007s", 7000),
    ])
    func spanIsRead(_ text: String, _ milliseconds: Int) {
        #expect(TimeSpan(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "1", "s", "1x", "1s 1h", "1h 1h", "--1h", "1.5h", "99999999999999999999s", "999999999999999y", "1h,",
    ])
    func nonsenseIsNoSpan(_ text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test func clockIsTheDefault() throws {
        let template = try Rendering.template("{$eval: 'now[0:2] == \"20\" && now == now'}")
        #expect(try template.render(Rendering.context("{}")) == true)
    }
}
