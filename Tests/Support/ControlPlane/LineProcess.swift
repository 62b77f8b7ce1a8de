import Dispatch
import FoundationEssentials
import Glibc

/// A program that answers each line on its standard input by one on its standard output, and ends with its input: when
/// this is let go, and when this process ends, however that happens.
package final class LineProcess: Sendable {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

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
        self.input = input[1]
        self.output = output[0]
        guard outcome == 0 else { throw Failed(description: "\(command[0]): \(String(cString: strerror(outcome)))") }
    }

    deinit {
        close(input)
        close(output)
    }

    /// The next line that it prints, empty when it has ended.
    package func line() async -> String {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.read()) }
        }
    }

    /// Sends a line and gives the one that answers it.
    package func ask(_ line: String) async -> String {
        await withCheckedContinuation { continuation in
            queue.async {
                let bytes = Array((line + "\n").utf8)
                _ = Glibc.write(self.input, bytes, bytes.count)
                continuation.resume(returning: self.read())
            }
        }
    }

    private func read() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }
}
