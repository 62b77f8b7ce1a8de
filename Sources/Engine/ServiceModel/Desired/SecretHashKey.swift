import Cryptography

/// The key of the hashes that stand for values which look like secrets.
///
/// Each run of the program has its own, which it tells nobody: whoever reads its output cannot try out guesses. A saved
/// plan carries one, so that it can be compared with what another machine finds.
package struct SecretHashKey: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Of this process.
    static let process = SecretHashKey()

    /// A new one, from the system's source of random numbers.
    package init() {
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Reads ``hexadecimal``; nil for anything else.
    package init?(hexadecimal text: String) {
        let digits = text.utf8.map { UInt8($0) }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        guard bytes.count == 32, digits.count == 64 else { return nil }
        self.bytes = bytes
    }

    /// 64 digits, for the file of a plan.
    package var hexadecimal: String { Self.digits(bytes) }

    /// Twelve digits: equal for equal texts, and for others with a chance of one in 2⁴⁸.
    func hash(_ text: String) -> String { Self.digits(Array(HMACSHA256.of(Array(text.utf8), key: bytes).prefix(6))) }

    private static func digits(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension SecretHashKey: CustomStringConvertible {
    package var description: String { "<redacted>" }
}
