/// Keyed digests by HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
    private static let blockSize = 64

    /// The 32 bytes of the digest of `bytes`, which nobody without the key can compute.
    package static func of(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > blockSize ? SHA256Digest.of(key) : key
        block += [UInt8](repeating: 0, count: blockSize - block.count)
        return SHA256Digest.of(block.map { $0 ^ 0x5C } + SHA256Digest.of(block.map { $0 ^ 0x36 } + bytes))
    }
}
