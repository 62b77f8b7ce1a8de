import Glibc

/// The bytes of an IPv4 or IPv6 address.
struct IPAddress: Sendable, Hashable {
    let bytes: [UInt8]

    /// Nil when `text` is a name.
    init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Array(bytes[..<4])
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    /// `127.0.0.0/8` (RFC 1122, section 3.2.1.3) and `::1` (RFC 4291, section 2.5.3).
    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 }
    }

    /// Whether the first `prefix` bits are those of `block`.
    func isIn(_ block: IPAddress, prefix: Int) -> Bool {
        guard bytes.count == block.bytes.count else { return false }
        return (0..<prefix).allSatisfy { bit in
            (bytes[bit / 8] ^ block.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }
}
