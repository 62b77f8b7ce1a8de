import COpenSSL

/// Digests by SHA-1 (FIPS 180-4), for names that others made with it. Nothing that must be secure is to rest on it.
package enum SHA1Digest {
    /// The digest in 40 lowercase hexadecimal digits.
    package static func hexadecimal(of bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        SHA1(bytes, bytes.count, &digest)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
