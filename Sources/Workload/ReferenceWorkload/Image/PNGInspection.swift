/// What the structure of a PNG tells, without decoding its pixels.
struct PNGInspection {
    private(set) var checks: [StructureCheck] = []

    init(_ bytes: [UInt8]) {
        let hasSignature = bytes.starts(with: PNGEncoder.signature)
        var types: [String] = []
        var areChecksumsRight = true
        var position = PNGEncoder.signature.count
        var dimensions: (UInt32, UInt32)?
        while hasSignature, position + 12 <= bytes.count {
            let length = Int(Self.number(bytes, position))
            guard length <= bytes.count - position - 12 else { break }
            let type = bytes[(position + 4)..<(position + 8)]
            let end = position + 8 + length
            areChecksumsRight =
                areChecksumsRight && CRC32.checksum(bytes[(position + 4)..<end]) == Self.number(bytes, end)
            types.append(String(decoding: type, as: UTF8.self))
            if types.count == 1, length == 13 {
                dimensions = (Self.number(bytes, position + 8), Self.number(bytes, position + 12))
            }
            position = end + 4
        }
        checks = [
            StructureCheck("signature", hasSignature),
            StructureCheck("header_first", types.first == "IHDR"),
            StructureCheck("size_positive", dimensions.map { $0.0 > 0 && $0.1 > 0 } ?? false),
            StructureCheck("has_pixels", types.contains("IDAT")),
            StructureCheck("checksums", areChecksumsRight && !types.isEmpty),
            StructureCheck("ends_at_end", types.last == "IEND" && position == bytes.count),
        ]
    }

    private static func number(_ bytes: [UInt8], _ position: Int) -> UInt32 {
        bytes[position..<(position + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
