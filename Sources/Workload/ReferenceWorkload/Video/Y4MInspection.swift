/// What the header and the frame lines of a YUV4MPEG2 stream tell, checked against its length.
struct Y4MInspection {
    let checks: [StructureCheck]

    init(_ bytes: [UInt8]) {
        let line = bytes.prefix(256).prefix { $0 != UInt8(ascii: "\n") }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        let width = Self.parameter("W", words)
        let height = Self.parameter("H", words)
        let isPlain = words.contains { $0 == "C420jpeg" || $0 == "C420" || $0 == "C420mpeg2" }
        let hasSize = (1...16_384).contains(width) && (1...16_384).contains(height)
        let planes = width * height + 2 * ((width + 1) / 2) * ((height + 1) / 2)
        let marker = Array("FRAME\n".utf8)
        var position = line.count + 1
        var frames = 0
        while hasSize, position + marker.count + planes <= bytes.count, bytes[position...].starts(with: marker) {
            position += marker.count + planes
            frames += 1
        }
        checks = [
            StructureCheck("signature", words.first.map { $0 == Y4MEncoder.magic } ?? false),
            StructureCheck("size", hasSize),
            StructureCheck("chroma_420", isPlain),
            StructureCheck("has_frames", frames > 0),
            StructureCheck("frames_complete", frames > 0 && position == bytes.count),
        ]
    }

    private static func parameter(_ letter: Character, _ words: [Substring]) -> Int {
        words.dropFirst().first { $0.first == letter }.flatMap { Int($0.dropFirst()) } ?? 0
    }
}
