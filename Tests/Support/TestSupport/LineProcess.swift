import Dispatch
import Glibc

/// A program that answers each line on its standard input by one on its standard output, and ends with its input: when
/// this is let go, and when this process ends, however that happens.
package final class LineProcess: Sendable {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    private let pid: pid_t
    private let input: Int32
    private let output: Int32
    /// Questions are asked one after the other, and not on the threads that tasks share: an answer may take seconds.
    private let queue = DispatchQueue(label: "LineProcess")

    package init(_ command: [String]) throws {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        guard pipe(&input) == 0, pipe(&output) == 0 else { throw Failed(description: "no pipe can be made") }
        // Ours alone: another child that inherited an end would keep it open.
        for end in input + output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        // It may live long, and would hold the ends of pipes whose other ends are waiting for that. Closing what is
        // not open is no error here.
        for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let outcome = posix_spawn(&pid, command[0], &actions, nil, arguments, environ)
        close(input[0])
        close(output[1])
        self.pid = pid
        self.input = input[1]
        self.output = output[0]
        guard outcome == 0 else { throw Failed(description: "\(command[0]): \(String(cString: strerror(outcome)))") }
    }

    deinit {
        close(input)
        close(output)
        // It ends with its input, and is then taken off the table of processes.
        DispatchQueue.global().async { [pid] in _ = pid > 0 ? waitpid(pid, nil, 0) : 0 }
    }

    /// The next line that it prints, empty when it has ended.
    package func line() async -> String {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.read()) }
        }
    }

    /// Sends a line and gives the one that answers it, empty when it has ended.
    package func ask(_ line: String) async -> String {
        await withCheckedContinuation { continuation in
            queue.async {
                let isWritten = Self.write(Array((line + "\n").utf8), to: self.input)
                continuation.resume(returning: isWritten ? self.read() : "")
            }
        }
    }

    /// - Returns: false where nobody reads it any more.
    private static func write(_ bytes: [UInt8], to input: Int32) -> Bool {
        // A process that has ended is to fail the test that asks it, not to end all tests: the signal is blocked, taken
        // back where it came, and the thread has the mask that it had.
        var pipeSignal = sigset_t()
        sigemptyset(&pipeSignal)
        sigaddset(&pipeSignal, SIGPIPE)
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let count = Glibc.write(input, bytes, bytes.count)
        if count < 0, errno == EPIPE {
            var none = timespec()
            sigtimedwait(&pipeSignal, nil, &none)
        }
        return count == bytes.count
    }

    private func read() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }
}
