import Glibc
import ServiceModel
import Testing

@testable import LocalProvider

@Suite struct LogTests {
    private func lines(_ scratch: Scratch, replica: String? = nil, tail: Int? = nil) async throws -> [LogLine] {
        var lines: [LogLine] = []
        for try await line in scratch.provider.logs(of: scratch.service, replica: replica, tail: tail, follow: false) {
            lines.append(line)
        }
        return lines
    }

    @Test func readsWhatReplicasWroteEvenWithoutASupervisor() async throws {
        try await Scratch.with { scratch in
            // On a busy machine a liveness probe may end a replica, whose next process writes its lines again.
            let manifest = try scratch.manifest(
                replicas: 2, env: ["TAG": "x", "LINES": "20"], extra: "spec: {liveness: null}")
            try await scratch.deploy(manifest)
            #expect(try await lines(scratch).count == 42)
            #expect(try await lines(scratch, replica: "1", tail: 1).map(\.text) == ["x listens"])
            #expect(try await Set(lines(scratch, replica: "demo-0").map(\.replica)) == ["demo-0"])
            #expect(try await lines(scratch, tail: 5).count == 5)
            ProcessSignal.send(to: try await scratch.snapshot().supervisor, SIGKILL)
            #expect(try await lines(scratch).count == 42)
            #expect(try await lines(scratch, replica: "9").isEmpty)
        }
    }

    @Test func keepsEveryByteThatAReplicaWrote() async throws {
        try await Scratch.with { scratch in
            try scratch.folder.create(scratch.folder.logs)
            let written: [[UInt8]] = [
                Array("plain".utf8), [0xFF, 0xFE, 0x00, 0x41], Array("\u{1B}[31mred\u{1B}[0m\r".utf8), [],
                Array("snow ☃".utf8),
            ]
            try StateFile.replace(scratch.folder.log("demo-0"), with: written.flatMap { $0 + [UInt8(ascii: "\n")] })
            let read = try await lines(scratch)
            #expect(read.map(\.bytes) == written)
            #expect(read.map(\.text)[1] == "\u{FFFD}\u{FFFD}\u{0}A")
        }
    }

    @Test func followsThroughRotations() async throws {
        try await Scratch.with { scratch in
            try scratch.folder.create(scratch.folder.logs)
            let path = scratch.folder.log("demo-0")
            let writer = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            defer { close(writer) }
            let seen = Collected<String>()
            let follower = Task {
                for try await line in scratch.provider.logs(
                    of: scratch.service, replica: nil, tail: nil, follow: true)
                { seen.append(line.text) }
            }
            try await Task.sleep(for: .milliseconds(150))
            for number in 0..<300 {
                let line = "line \(number) \(String(repeating: ".", count: 40))\n"
                #expect(StateFile.writeAll(Array(line.utf8), to: writer))
                if number % 100 == 99 {
                    #expect(LogFiles.rotate(path, maximumBytes: 1000, files: 5) == nil)
                    try await Task.sleep(for: .milliseconds(250))
                }
            }
            #expect(try await scratch.eventually { seen.all.count >= 300 })
            follower.cancel()
            #expect(seen.all.map { $0.split(separator: " ")[1] } == (0..<300).map { Substring("\($0)") })
        }
    }
}
