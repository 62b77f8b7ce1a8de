import Cryptography
import Foundation
import Testing

@Suite struct SHA256DigestTests {
    /// The examples of NIST for FIPS 180-4: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func digestsAreThoseOfTheStandard(text: String, digest: String) {
        #expect(SHA256Digest.hexadecimal(of: Array(text.utf8)) == digest)
    }

    @Test func theBytesAreThoseOfTheDigits() {
        let bytes = SHA256Digest.of(Array("abc".utf8))
        #expect(bytes.count == 32)
        #expect(bytes.prefix(4) == [0xBA, 0x78, 0x16, 0xBF])
    }

    /// Every length around the borders of blocks and of the padding, and some longer ones.
    @Test func pythonComputesTheSameDigests() throws {
        var generator = SystemRandomNumberGenerator()
        let lengths = Array(0...130) + (0..<200).map { _ in Int.random(in: 131...5000, using: &generator) }
        let messages = lengths.map { length in
            (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        let found = try Self.python(
            """
            import base64, hashlib, sys
            for line in sys.stdin.read().split("\\n"):
                print(hashlib.sha256(base64.b64decode(line)).hexdigest())
            """, input: messages.map { Data($0).base64EncodedString() }.joined(separator: "\n"))
        let digests = found.split(separator: "\n").map(String.init)
        #expect(digests.count == messages.count)
        let wrong = zip(messages, digests).first { SHA256Digest.hexadecimal(of: $0) != $1 }
        #expect(wrong == nil)
    }

    /// What the tests' own Python prints.
    private static func python(_ program: String, input: String) throws -> String {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path()),
            "the tests' Python is missing: run `make test`, or scripts/setup.sh once")
        let file = FileManager.default.temporaryDirectory.appending(path: "messages-\(UUID().uuidString)")
        try input.write(to: file, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = python
        process.arguments = ["-c", program]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}
