import CZlib

/// Bytes made smaller with zlib (RFC 1950).
enum Deflated {
    /// Larger than any release: what inflates to more was not written by this tool.
    static let maximumSize = 64 << 20

    static func bytes(of plain: [UInt8]) -> [UInt8] {
        var size = compressBound(uLong(plain.count))
        var bytes = [UInt8](repeating: 0, count: Int(size))
        // With a buffer of that size it cannot fail but for want of memory.
        let outcome = compress2(&bytes, &size, plain, uLong(plain.count), Z_BEST_SPEED)
        precondition(outcome == Z_OK, "zlib is out of memory")
        bytes.removeLast(bytes.count - Int(size))
        return bytes
    }

    /// Nil when it is damaged, or does not have `size` bytes.
    static func plain(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        guard (0...maximumSize).contains(size) else { return nil }
        var plain = [UInt8](repeating: 0, count: size)
        var length = uLong(size)
        guard uncompress(&plain, &length, bytes, uLong(bytes.count)) == Z_OK, Int(length) == size else { return nil }
        return plain
    }
}
