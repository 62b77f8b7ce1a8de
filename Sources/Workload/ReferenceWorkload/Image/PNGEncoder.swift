/// Writes 8-bit RGB pictures as PNG (ISO/IEC 15948).
///
/// The pixels are stored in uncompressed deflate blocks (RFC 1951, section 3.2.4): every reader takes them, nothing has
/// to be linked, and files are as large as the pixels.
package enum PNGEncoder {
    package static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    package static func encode(_ raster: Raster) -> [UInt8] {
        let header = bigEndian(UInt32(raster.width)) + bigEndian(UInt32(raster.height)) + [8, 2, 0, 0, 0]
        var scanlines: [UInt8] = []
        scanlines.reserveCapacity(raster.pixels.count + raster.height)
        let stride = raster.width * 3
        for row in 0..<raster.height {
            // The filter type of the row: none.
            scanlines.append(0)
            scanlines += raster.pixels[(row * stride)..<((row + 1) * stride)]
        }
        return signature + chunk("IHDR", header) + chunk("IDAT", stored(scanlines)) + chunk("IEND", [])
    }

    /// A zlib stream (RFC 1950) of stored blocks.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 65_535, bytes.count)
            let length = UInt16(end - start)
            stream.append(end == bytes.count ? 1 : 0)
            stream += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
            stream += bytes[start..<end]
            start = end
        } while start < bytes.count
        return stream + bigEndian(adler32(bytes))
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let checked = Array(type.utf8) + data
        return bigEndian(UInt32(data.count)) + checked + bigEndian(CRC32.checksum(checked))
    }

    static func bigEndian(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        // 5552 is the most additions that can't overflow 32 bits (RFC 1950's sample code).
        var start = 0
        while start < bytes.count {
            let end = min(start + 5_552, bytes.count)
            for byte in bytes[start..<end] {
                low &+= UInt32(byte)
                high &+= low
            }
            low %= 65_521
            high %= 65_521
            start = end
        }
        return high << 16 | low
    }
}

/// The cyclic redundancy check of PNG chunks (ISO/IEC 15948, annex D).
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let table = table
        return ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 255)] ^ ($0 >> 8) }
    }
}
