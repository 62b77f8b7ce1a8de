import CYAML
import Diagnostics

/// libyaml's event stream over a buffer that outlives it.
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: SourceFile
    private let input: UnsafeBufferPointer<UInt8>
    private let current: UnsafeMutablePointer<yaml_event_t>

    init(_ input: UnsafeBufferPointer<UInt8>, file: SourceFile) {
        parser = .allocate(capacity: 1)
        current = .allocate(capacity: 1)
        current.initialize(to: yaml_event_t())
        self.file = file
        self.input = input
        // Fails only for want of memory, in which case the first parse reports it.
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_event_delete(current)
        current.deallocate()
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The event last read; its strings live until the next one.
    var event: yaml_event_t { current.pointee }

    /// Moves to the next event, freeing the last one.
    mutating func next() throws(Diagnostic) {
        yaml_event_delete(current)
        if yaml_parser_parse(parser, current) == 0 { throw problem() }
    }

    var location: SourceLocation { Self.location(event.start_mark, in: file) }

    static func location(_ mark: yaml_mark_t, in file: SourceFile) -> SourceLocation {
        SourceLocation(file: file, line: mark.line + 1, column: mark.column + 1)
    }

    private func problem() -> Diagnostic {
        let state = parser.pointee
        if state.error == YAML_MEMORY_ERROR {
            return Diagnostic(.error, .syntax, "not enough memory to read the document", at: SourceLocation(file: file))
        }
        let message = state.problem.map { String(cString: $0) } ?? "the document cannot be read"
        if state.error == YAML_READER_ERROR {
            return Diagnostic(
                .error, .syntax, message,
                at: TextPosition(offset: state.problem_offset, in: input).location(in: file),
                why: "byte 0x\(String(state.problem_value, radix: 16)) may not stand in YAML",
                fix: "remove the character, or write it as an escape in double quotes")
        }
        let place = Self.location(state.problem_mark, in: file)
        var notes: [Diagnostic.Note] = []
        if let context = state.context {
            notes.append(.init(String(cString: context), at: Self.location(state.context_mark, in: file)))
        }
        let advice = YAMLAdvice.advice(for: message, line: line(state.problem_mark), column: state.problem_mark.column)
        return Diagnostic(
            .error, .syntax, advice.what ?? message, at: place, why: advice.why, fix: advice.fix, notes: notes)
    }

    /// The text of the line that `mark` is on.
    private func line(_ mark: yaml_mark_t) -> Substring {
        let start = min(mark.index, input.count)
        var from = start
        while from > 0, input[from - 1] != UInt8(ascii: "\n") { from -= 1 }
        var to = start
        while to < input.count, input[to] != UInt8(ascii: "\n") { to += 1 }
        return Substring(String(decoding: input[from..<to], as: UTF8.self))
    }
}
