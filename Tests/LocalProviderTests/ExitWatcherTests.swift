import Glibc
import Testing

@testable import LocalProvider

@Suite struct ExitWatcherTests {
    /// What stands in for pidfd_open(2), and what it gives.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let open: @Sendable (pid_t) -> Int32

        static func failing(_ name: String, _ code: Int32) -> Refusal {
            Refusal(testDescription: name) { _ in
                errno = code
                return -1
            }
        }
    }

    static let refusals = [
        Refusal.failing("EMFILE", EMFILE), .failing("ENFILE", ENFILE), .failing("ENOMEM", ENOMEM),
        .failing("ENOSYS", ENOSYS),
        // epoll(7) takes no such file (EPERM).
        Refusal(testDescription: "a descriptor that epoll refuses") { _ in Glibc.open("/dev/null", O_RDONLY) },
    ]

    private static func child(in scratch: Scratch, _ arguments: [String]) throws -> ProcessIdentity {
        try ProcessSpawn(
            executable: "/bin/\(arguments[0])", arguments: arguments, environment: [:], workingDirectory: "/",
            outputPath: "\(scratch.path)/output"
        ).start()
    }

    @Test(arguments: refusals)
    func aProcessThatCannotBeOpenedIsNotTakenForEnded(refusal: Refusal) async throws {
        try await Scratch.with { scratch in
            let process = try Self.child(in: scratch, ["sleep", "60"])
            let endings = Collected<String>()
            ExitWatcher(openProcess: refusal.open).watch(process, endsGroup: true) { endings.append("\($0)") }
            #expect(endings.all.isEmpty)
            #expect(process.isRunning)
            kill(process.pid, SIGTERM)
            #expect(try await scratch.eventually { !endings.all.isEmpty })
            #expect(endings.all == ["was ended by signal 15 (SIGTERM)"])
            // It was reaped.
            #expect(kill(process.pid, 0) != 0)
        }
    }

    @Test func aProcessThatIsGoneHasEnded() async throws {
        try await Scratch.with { scratch in
            let process = try Self.child(in: scratch, ["true"])
            var status: Int32 = 0
            #expect(waitpid(process.pid, &status, 0) == process.pid)
            let endings = Collected<String>()
            ExitWatcher().watch(process, endsGroup: true) { endings.append("\($0)") }
            #expect(endings.all == ["ended"])
        }
    }
}
