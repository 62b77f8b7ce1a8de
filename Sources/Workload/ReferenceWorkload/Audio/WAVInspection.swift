/// What the header of a WAVE file tells, checked against the file's length.
struct WAVInspection {
    let checks: [StructureCheck]

    init(_ bytes: [UInt8]) {
        let isRIFF = bytes.count >= 44 && bytes.starts(with: "RIFF".utf8) && bytes[8...].starts(with: "WAVEfmt ".utf8)
        guard isRIFF else {
            checks = [StructureCheck("riff_wave", false)]
            return
        }
        let channels = Self.number(bytes, 22, 2)
        let rate = Self.number(bytes, 24, 4)
        let frame = Self.number(bytes, 32, 2)
        let bits = Self.number(bytes, 34, 2)
        checks = [
            StructureCheck("riff_wave", true),
            StructureCheck("riff_size", Self.number(bytes, 4, 4) == bytes.count - 8),
            StructureCheck("linear_pcm", Self.number(bytes, 20, 2) == 1 && Self.number(bytes, 16, 4) == 16),
            StructureCheck("rates_agree", rate > 0 && Self.number(bytes, 28, 4) == rate * frame),
            StructureCheck("frame_size", channels > 0 && frame == channels * bits / 8),
            StructureCheck(
                "data_size", bytes[36...].starts(with: "data".utf8) && Self.number(bytes, 40, 4) == bytes.count - 44),
        ]
    }

    private static func number(_ bytes: [UInt8], _ position: Int, _ size: Int) -> Int {
        bytes[position..<(position + size)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
