import Diagnostics
import Documents

// parse-yaml FILE ROUNDS: reads a file once, parses it as often as asked, and prints the nanoseconds that each parse
// took, one a line. `make bench` sets them against another parser's, measured in the same run.

guard CommandLine.arguments.count == 3, let rounds = Int(CommandLine.arguments[2]) else {
    throw Diagnostic(.error, .init("usage"), "usage: parse-yaml FILE ROUNDS")
}

let file = SourceFile(CommandLine.arguments[1])
let bytes = try FileBytes.read(path: CommandLine.arguments[1], maximumSize: 1 << 30)
let clock = ContinuousClock()
for _ in 0..<rounds {
    var documents: [Node] = []
    let elapsed = try clock.measure { documents = try YAMLParser.parse(bytes, file: file) }
    guard !documents.isEmpty else { throw Diagnostic(.error, .syntax, "the file holds no document") }
    print(elapsed.components.seconds * 1_000_000_000 + elapsed.components.attoseconds / 1_000_000_000)
}
