/// One line that a replica wrote.
public struct LogLine: Sendable {
    public let replica: String
    /// The line as it was written, without its newline; it need not be UTF-8.
    public let bytes: [UInt8]

    /// The line as text, with U+FFFD in place of what is not UTF-8. It may hold control characters: make them
    /// visible before a terminal gets it.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public init(replica: String, bytes: [UInt8]) {
        self.replica = replica
        self.bytes = bytes
    }

    public init(replica: String, text: String) {
        self.init(replica: replica, bytes: Array(text.utf8))
    }
}
