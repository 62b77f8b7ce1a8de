import Testing

@testable import KubernetesProvider

/// Lines that are read again after a stream was cut: none is told twice, and none is lost.
struct LogMarkTests {
    private static func told(_ streams: [[String]]) -> [String] {
        var mark = LogMark()
        return streams.flatMap { lines in
            mark.beginStream()
            return lines.compactMap { mark.text(of: Array($0.utf8)).map { String(decoding: $0, as: UTF8.self) } }
        }
    }

    private static func line(_ fraction: String, _ text: String) -> String {
        "2026-01-02T03:04:05.\(fraction)Z \(text)"
    }

    @Test func timesAreTakenOff() {
        #expect(
            Self.told([["2026-01-02T03:04:05.000000001Z a b", "2026-01-02T03:04:05+02:00 c", "2026-01-02T03:04:06Z "]])
                == ["a b", "c", ""])
    }

    @Test func whatWasToldIsNotToldAgain() {
        let all = [Self.line("1", "a"), Self.line("12", "b"), Self.line("2", "c"), Self.line("3", "d")]
        #expect(Self.told([all, all]) == ["a", "b", "c", "d"])
        #expect(Self.told([Array(all[..<2]), all]) == ["a", "b", "c", "d"])
        #expect(Self.told([Array(all[..<2]), [], Array(all[1...])]) == ["a", "b", "c", "d"])
    }

    /// A burst may have one time.
    @Test func linesOfOneTimeAreCounted() {
        let all = ["a", "b", "c", "d"].map { Self.line("5", $0) }
        #expect(Self.told([Array(all[..<2]), Array(all[..<3]), all]) == ["a", "b", "c", "d"])
    }

    /// Only what stands before the mark is passed over: the clock of a node may be set back.
    @Test func behindTheMarkEveryLineIsNew() {
        let lines = [Self.line("5", "a"), Self.line("6", "b"), Self.line("4", "c"), Self.line("5", "d")]
        #expect(Self.told([lines]) == ["a", "b", "c", "d"])
        #expect(Self.told([[Self.line("3", "z")], lines]) == ["z", "a", "b", "c", "d"])
    }

    @Test func aPieceOfALongLineHasNoTime() {
        #expect(
            Self.told([[Self.line("5", "long"), "the rest of it", "2026 and more"]])
                == ["long", "the rest of it", "2026 and more"])
    }
}
