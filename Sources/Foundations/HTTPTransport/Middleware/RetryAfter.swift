/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date as section 5.6.7 prefers it,
/// `Sun, 06 Nov 1994 08:49:37 GMT`.
enum RetryAfter {
    /// How long to wait; nothing for a date that is past. Nil when the field is missing or is neither.
    static func pause(_ headers: HTTPHeaders, secondsSince1970 now: Int) -> Duration? {
        guard let value = headers["Retry-After"] else { return nil }
        if value.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }), let seconds = UInt32(value) {
            return .seconds(seconds)
        }
        return HTTPDate.secondsSince1970(value).map { .seconds(max(0, $0 - now)) }
    }
}
