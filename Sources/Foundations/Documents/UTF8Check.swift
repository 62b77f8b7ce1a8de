import Diagnostics

/// Finds the first byte that is not UTF-8, or a byte order mark of UTF-16 or UTF-32.
enum UTF8Check {
    struct Problem {
        let message: String
        let position: TextPosition

        func location(in file: SourceFile) -> SourceLocation { position.location(in: file) }
    }

    static func firstProblem(in bytes: [UInt8]) -> Problem? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return Problem(message: "the file is UTF-16", position: TextPosition(offset: 0, in: bytes))
        }
        if isValid(bytes) { return nil }
        let offset = firstInvalidOffset(in: bytes)
        return Problem(
            message: "byte 0x\(String(bytes[min(offset, bytes.count - 1)], radix: 16, uppercase: true)) is not UTF-8",
            position: TextPosition(offset: offset, in: bytes))
    }

    private static func isValid(_ bytes: [UInt8]) -> Bool {
        // A run of ASCII, which is nearly every file, costs one pass without decoding.
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }

    private static func firstInvalidOffset(in bytes: [UInt8]) -> Int {
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .emptyInput, .error: return offset
            }
        }
    }
}
