/// Writes uncompressed clips as YUV4MPEG2, the stream format of mjpegtools (its manual page yuv4mpeg(5)), which ffmpeg
/// and mpv read: one header line, then every frame after a line of its own.
package enum Y4MEncoder {
    static let magic = "YUV4MPEG2"

    /// - Parameter frames: planes of YCbCr 4:2:0 with centred chroma (`C420jpeg`), progressive, square pixels.
    package static func encode(_ frames: [[UInt8]], width: Int, height: Int, framesPerSecond: Int) -> [UInt8] {
        var bytes = Array("\(magic) W\(width) H\(height) F\(framesPerSecond):1 Ip A1:1 C420jpeg\n".utf8)
        for frame in frames {
            bytes += "FRAME\n".utf8
            bytes += frame
        }
        return bytes
    }
}
