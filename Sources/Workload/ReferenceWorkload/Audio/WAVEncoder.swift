/// Writes one channel of 16-bit linear samples as a RIFF WAVE file (IBM and Microsoft, "Multimedia Programming
/// Interface and Data Specifications 1.0", 1991).
package enum WAVEncoder {
    /// - Parameter samples: between -1 and 1; values outside are clipped.
    package static func encode(_ samples: [Double], rate: Int) -> [UInt8] {
        let dataBytes = samples.count * 2
        var bytes = Array("RIFF".utf8) + littleEndian(UInt32(36 + dataBytes)) + Array("WAVEfmt ".utf8)
        bytes += littleEndian(UInt32(16)) + littleEndian(UInt16(1)) + littleEndian(UInt16(1))
        bytes += littleEndian(UInt32(rate)) + littleEndian(UInt32(rate * 2))
        bytes += littleEndian(UInt16(2)) + littleEndian(UInt16(16))
        bytes += Array("data".utf8) + littleEndian(UInt32(dataBytes))
        bytes.reserveCapacity(44 + dataBytes)
        for sample in samples {
            let value = UInt16(bitPattern: Int16(min(max(sample, -1), 1) * 32_767))
            bytes.append(UInt8(value & 255))
            bytes.append(UInt8(value >> 8))
        }
        return bytes
    }

    private static func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
    }
}
