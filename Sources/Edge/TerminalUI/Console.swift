import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The two streams of a command: data on standard output, everything else on standard error.
///
/// Writes go straight to the descriptors, whole; a reader that went away (`| head`) ends the process
/// quietly, as it does for other tools.
package struct Console: Sendable {
    package enum Stream: Int32, Sendable {
        case output = 1
        case error = 2
    }

    /// The first error of standard output; the descriptor is the whole process's, and so is what befalls it.
    private static let firstOutputError = Atomic<Int32>(0)

    /// Why data could not be printed, such as "No space left on device"; nil while all of it was.
    package static var outputFailure: String? {
        let number = firstOutputError.load(ordering: .relaxed)
        return number == 0 ? nil : String(cString: strerror(number))
    }

    /// The lines that are kept at the bottom; the terminal is the whole process's, too.
    private static let live = Mutex(LiveRegion())

    /// Keeps `lines` below everything that is printed, on the terminal of standard error; none take them away.
    ///
    /// Each must fit into the terminal's width.
    package static func showLive(_ lines: [String]) {
        live.withLock { live in
            let change = live.show(lines)
            if !change.isEmpty { send(Array(change.utf8), to: .error) }
        }
    }

    /// What was printed while a question was asked.
    private static let postponed = Mutex<[(stream: Stream, bytes: [UInt8])]>([])

    /// Writes a question to standard error; nothing else appears on the terminal until ``endQuestion()``.
    package static func beginQuestion(_ text: String) {
        live.withLock { send(Array(($0.beginQuestion() + text).utf8), to: .error) }
    }

    /// Writes what came while the question was asked.
    ///
    /// - Parameter isAnswered: whether the answer ended the question's line.
    package static func endQuestion(isAnswered: Bool) {
        live.withLock { live in
            let writes = postponed.withLock { postponed in
                defer { postponed = [] }
                return postponed
            }
            if !isAnswered { send([UInt8(ascii: "\n")], to: .error) }
            for write in writes { send(write.bytes, to: write.stream) }
            send(Array(live.endQuestion().utf8), to: .error)
        }
    }

    private let environment: [String: String]

    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// Writes `text` and a newline.
    package func print(_ text: String, to stream: Stream = .output) {
        write(text + "\n", to: stream)
    }

    package func write(_ text: String, to stream: Stream = .output) {
        write(Array(text.utf8), to: stream)
    }

    package func write(_ bytes: [UInt8], to stream: Stream = .output) {
        Self.live.withLock { live in
            if live.isAsking, isTerminal(stream) {
                Self.postponed.withLock { $0.append((stream, bytes)) }
                return
            }
            guard !live.isEmpty, isTerminal(stream) else {
                Self.send(bytes, to: stream)
                return
            }
            Self.send(Array(live.erasure.utf8), to: .error)
            Self.send(bytes, to: stream)
            Self.send(Array(live.drawing.utf8), to: .error)
        }
    }

    private static func send(_ bytes: [UInt8], to stream: Stream) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(stream.rawValue, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    if errno == EAGAIN {
                        var descriptor = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
                        poll(&descriptor, 1, -1)
                        continue
                    }
                    failed(stream, errno)
                    return
                }
                rest = rest.dropFirst(count)
            }
        }
    }

    private static func failed(_ stream: Stream, _ number: Int32) {
        // Without standard error nobody is left to be told.
        guard stream == .output else { return }
        if number == EPIPE {
            // Only where the parent ignores SIGPIPE; the default action ends the process at the write.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        _ = firstOutputError.compareExchange(expected: 0, desired: number, ordering: .relaxed)
    }

    package func isTerminal(_ stream: Stream) -> Bool {
        isatty(stream.rawValue) == 1
    }

    /// Whether lines can be written over: on a terminal that is not a mere printer.
    package func canMoveCursor(_ stream: Stream) -> Bool {
        isTerminal(stream) && environment["TERM"].map { $0 != "dumb" && !$0.isEmpty } ?? false
    }

    /// Colour only for people who see it: https://no-color.org
    package func style(for stream: Stream) -> Style {
        let isPlain =
            !isTerminal(stream) || environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        return Style(isColoured: !isPlain)
    }

    /// Lines of the terminal; nil when the stream is not one.
    package func height(_ stream: Stream) -> Int? {
        guard isTerminal(stream) else { return nil }
        var size = winsize()
        guard ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
        return Int(size.ws_row)
    }

    /// Columns of the terminal; nil when the stream is not one.
    package func width(_ stream: Stream) -> Int? {
        guard isTerminal(stream) else { return nil }
        var size = winsize()
        guard ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Columns and rows of the terminal; those of old where the stream is none.
    package func size(_ stream: Stream) -> (columns: Int, rows: Int) {
        (width(stream) ?? 80, height(stream) ?? 24)
    }
}
