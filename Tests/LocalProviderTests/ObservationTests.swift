import Documents
import Glibc
import ServiceModel
import Testing

@testable import LocalProvider

@Suite struct ObservationTests {
    @Test(
        arguments: [
            ("a 1\n", 1.0), ("a 1\na{x=\"1\"} 2.5 1700000000\n", 3.5), ("# HELP a 1\n# TYPE a counter\na 4", 4),
            ("a{x=\"}\\\"} 9\"} 2\n", 2), ("ab 1\na_total 3\n", nil), ("", nil), ("a NaN\n", nil), ("a{x=\"1 2", nil),
        ])
    func sumsASamplesWhateverItsLabels(text: String, sum: Double?) {
        #expect(PrometheusText.sum(of: "a", in: text) == sum)
    }

    @Test func aRateSurvivesResetsAndNewCounters() {
        let both: Set = ["a", "b"]
        var window = RateWindow(span: 60_000)
        #expect(window.perSecond == nil)
        window.note([:], alive: [], at: -1000)
        window.note(["a": 1000], alive: both, at: 0)
        #expect(window.perSecond == nil)
        window.note(["a": 1100, "b": 50], alive: both, at: 10_000)
        #expect(window.perSecond == 10)
        // `a` started again and counted to 30; `b` went on.
        window.note(["a": 30, "b": 120], alive: both, at: 20_000)
        #expect(window.perSecond == 10)
        // `b` could not be read for a while, and `a` is gone.
        window.note([:], alive: ["b"], at: 25_000)
        window.note(["a": 500, "b": 220], alive: both, at: 40_000)
        #expect(window.perSecond == 7.5)
    }

    @Test func aRateLooksBackOneSpanOnly() {
        var window = RateWindow(span: 10_000)
        window.note(["a": 0], alive: ["a"], at: 0)
        window.note(["a": 1000], alive: ["a"], at: 5000)
        for second in stride(from: 10_000, through: 30_000, by: 5000) {
            window.note(["a": 1000], alive: ["a"], at: second)
        }
        #expect(window.perSecond == 0)
    }

    @Test func rotatesByCopyAndKeepsSoManyFiles() throws {
        let path = "/tmp/rotation-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        mkdir(path, 0o700)
        defer { FolderListing.remove(path) }
        let log = "\(path)/demo-0.log"
        // The writer keeps its descriptor, as a replica does.
        let writer = open(log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(writer) }
        for round in 0..<4 {
            #expect(StateFile.writeAll(Array(repeating: UInt8(ascii: "0") + UInt8(round), count: 5000), to: writer))
            #expect(LogFiles.rotate(log, maximumBytes: 4096, files: 2) == nil)
        }
        #expect(FolderListing.contents(of: path) == ["demo-0.log", "demo-0.log.1", "demo-0.log.2"])
        #expect(LogFiles.tail("\(log).1", lines: 1).first?.first == "3")
        #expect(LogFiles.tail("\(log).2", lines: 1).first?.first == "2")
        #expect(LogFiles.tail(log, lines: 1).isEmpty)
    }

    @Test func mergesLinesByTheTimeThatTheyBeginWith() {
        func lines(_ replica: String, _ texts: [String]) -> [LogLine] {
            texts.map { LogLine(replica: replica, text: $0) }
        }
        let merged = LogReader.merge([
            lines("a", ["2026-01-31T12:00:00.1Z one", "  of two lines", "2026-01-31T12:00:03Z four"]),
            lines("b", ["2026-01-31T12:00:00.2Z two", "2026-01-31T12:00:01Z three"]),
        ])
        #expect(merged.map { $0.text.split(separator: " ").last } == ["one", "lines", "two", "three", "four"])
    }

    @Test func aProgramsNameMayHoldParentheses() throws {
        let stat = "77 (a) b (c)) S 1 77 66 0 -1 4194560 100 0 0 0 11 12 13 14 20 0 1 0 4242 1000 55 0"
        let entry = try #require(ProcessTable.entry(77, stat: Array(stat.utf8)))
        #expect(entry.session == 66)
        #expect(entry.startTicks == 4242)
        #expect(entry.cpuTicks == 50)
        #expect(entry.residentPages == 55)
    }

    @Test func aProcessIsItsNumberAndItsStart() throws {
        let own = try #require(ProcessIdentity(running: getpid()))
        #expect(own.isRunning)
        #expect(!ProcessIdentity(pid: own.pid, startTicks: own.startTicks + 1).isRunning)
    }
}
