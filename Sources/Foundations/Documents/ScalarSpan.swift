import CYAML
package import Diagnostics

/// Where a scalar stands in the text of a YAML or JSON document, so that it can be replaced there and nothing else.
package enum ScalarSpan {
    /// The range of bytes of the scalar that begins at `location`, quotes included; nil where none does.
    ///
    /// - Throws: ``Diagnostic`` when the text is malformed.
    package static func find(_ location: SourceLocation, in bytes: [UInt8]) throws(Diagnostic) -> Range<Int>? {
        var result: Result<Range<Int>?, Diagnostic> = .success(nil)
        bytes.withUnsafeBufferPointer { buffer in
            do throws(Diagnostic) {
                var events = YAMLEvents(buffer, file: location.file)
                while true {
                    try events.next()
                    let event = events.event
                    if event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT { return }
                    guard event.type == YAML_SCALAR_EVENT, events.location == location else { continue }
                    // libyaml counts characters.
                    let from = offset(ofCharacter: event.start_mark.index, in: buffer)
                    let to = offset(ofCharacter: event.end_mark.index, in: buffer)
                    result = .success(from..<to)
                    return
                }
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private static func offset(ofCharacter index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for position in bytes.indices where bytes[position] & 0xC0 != 0x80 {
            if count == index { return position }
            count += 1
        }
        return bytes.count
    }
}
