/// Gathers the lines of a response's head, as libcurl hands them out, one whole line at a time.
struct ResponseHeadReader {
    private var status = 0
    private var headers = HTTPHeaders()
    /// Whether any byte of a response came.
    private(set) var hasBegun = false

    /// The head, when `line` was its last. Interim ones (RFC 9110, section 15.2) are given as well.
    mutating func read(_ line: UnsafeRawBufferPointer) -> Exchange.Head? {
        hasBegun = true
        let text = String(decoding: line, as: UTF8.self)
        let content = text.prefix { !$0.isNewline }
        if content.isEmpty { return Exchange.Head(status: status, headers: headers) }
        if content.hasPrefix("HTTP/") {
            headers = HTTPHeaders()
            status = content.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        } else if let colon = content.firstIndex(of: ":") {
            let value = content[content.index(after: colon)...]
            let trimmed = value.drop { $0 == " " || $0 == "\t" }
            let end =
                trimmed.lastIndex { $0 != " " && $0 != "\t" }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
            headers.append(String(content[..<colon]), String(trimmed[..<end]))
        }
        return nil
    }
}
