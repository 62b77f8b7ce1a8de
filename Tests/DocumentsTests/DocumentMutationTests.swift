import Diagnostics
import Documents
import FoundationEssentials
import Testing

/// Whatever the bytes: documents that survive being written, or a diagnostic with a place.
/// `FUZZ_ITERATIONS` asks for more than the usual number, `FUZZ_SEED` for others.
@Suite struct DocumentMutationTests {
    static let environment = ProcessInfo.processInfo.environment
    static let iterations = environment["FUZZ_ITERATIONS"].flatMap(Int.init) ?? 5000
    static let seed = environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 7

    /// Splices that matter to a reader of YAML or JSON; some are not UTF-8.
    static let splices: [[UInt8]] =
        [
            "\n", "\r", "\t", " ", "  ", ": ", "- ", "? ", "#", "&a ", "*a", "<<: ", "!", "!!str ", "|", ">", "'", "\"",
            "{", "}", "[", "]", ",", "---\n", "...\n", "%YAML 1.2\n", "%TAG ! x\n", "\\", "\\ud83d", "\\u0000", "1e999",
            "0x", "-", "null", "\u{85}", "\u{FEFF}", "\u{2028}", "😀", "\u{0}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    static func mutated(_ text: String, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            let position = Int.random(in: 0...bytes.count, using: &generator)
            let length = min(Int.random(in: 0...12, using: &generator), bytes.count - position)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.removeSubrange(position..<position + length)
            case 1: bytes.insert(contentsOf: Array(bytes[position..<position + length]), at: position)
            case 2: bytes.removeSubrange(position...)
            case 3 where position < bytes.count: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            default: bytes.insert(contentsOf: generator.pick(splices), at: position)
            }
            if bytes.isEmpty { break }
        }
        return bytes
    }

    /// Whether the bytes were read.
    private static func survives(_ bytes: [UInt8], _ read: ([UInt8]) throws(Diagnostic) -> [Node]) throws -> Bool {
        let documents: [Node]
        do throws(Diagnostic) {
            documents = try read(bytes)
        } catch {
            #expect(!error.what.isEmpty && error.location != nil, "\(error) for \(bytes)")
            return false
        }
        for document in documents {
            let text = YAMLEmitter.emit(document)
            // Not-a-number is unlike itself: what is written twice tells equality.
            let again = try? YAMLParser.parseOne(text, file: SourceFile("again"))
            if again.map({ YAMLEmitter.emit($0) }) != text {
                Issue.record("\(bytes) is written as \(text.debugDescription)")
            }
        }
        return true
    }

    @Test func mutatedYAMLNeverCrashes() throws {
        var generator = SeededGenerator(seed: Self.seed)
        var read = 0
        for iteration in 0..<Self.iterations {
            let text = iteration % 2 == 0 ? BoundTests.sample : YAMLEmitter.emit(generator.tree())
            let bytes = Self.mutated(text, &generator)
            if try Self.survives(
                bytes, { bytes throws(Diagnostic) in try YAMLParser.parse(bytes, file: SourceFile("fuzz")) })
            {
                read += 1
            }
        }
        #expect(read > Self.iterations / 20, "too few make sense to test the reader's inner parts")
    }

    @Test func mutatedJSONNeverCrashes() throws {
        var generator = SeededGenerator(seed: Self.seed)
        var read = 0
        for _ in 0..<Self.iterations {
            let bytes = Self.mutated(JSONEmitter.emit(generator.tree(), .init(pretty: true)), &generator)
            if try Self.survives(
                bytes, { bytes throws(Diagnostic) in [try JSONParser.parse(bytes, file: SourceFile("fuzz"))] })
            {
                read += 1
            }
        }
        #expect(read > Self.iterations / 50, "too few make sense to test the reader's inner parts")
    }
}
