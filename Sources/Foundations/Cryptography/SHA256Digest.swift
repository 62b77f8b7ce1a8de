import COpenSSL

/// Digests by SHA-256 (FIPS 180-4).
package enum SHA256Digest {
    /// The 32 bytes of the digest of `bytes`.
    package static func of(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return digest
    }

    /// The digest in 64 lowercase hexadecimal digits.
    package static func hexadecimal(of bytes: [UInt8]) -> String {
        hexadecimal(of(bytes))
    }

    /// `bytes` in lowercase hexadecimal digits.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
