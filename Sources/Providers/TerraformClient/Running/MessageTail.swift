import Diagnostics
import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// Reads the messages of a file that is still being written.
///
/// A file, not a pipe: where this process is killed, Terraform goes on to the end of what it does and saves its state,
/// while with a broken pipe it would die at the next message.
struct MessageTail: Sendable {
    private static let chunk = 1 << 16

    private let file: String
    private var offset = 0
    /// The beginning of a line whose end is not there yet.
    private var rest: [UInt8] = []
    private(set) var messages: [TerraformMessage] = []

    init(_ file: String) {
        self.file = file
    }

    /// Reads what was added since the last time. Lines that are no JSON are passed over.
    mutating func read(_ told: (TerraformMessage) -> Void) {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
            guard count > 0 else { break }
            offset += count
            rest += buffer[..<count]
        }
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(rest[..<end])
            rest.removeFirst(end + 1)
            guard let body = try? JSONParser.parse(line, file: .unknown) else { continue }
            let message = TerraformMessage(body: body)
            messages.append(message)
            told(message)
        }
    }
}
