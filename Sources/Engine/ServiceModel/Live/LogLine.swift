/// One line that a replica wrote.
public struct LogLine: Sendable {
    public let replica: String
    public let text: String

    public init(replica: String, text: String) {
        self.replica = replica
        self.text = text
    }
}
