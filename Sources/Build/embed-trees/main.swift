import FoundationEssentials
import Glibc

// embed-trees OUTPUT ROOT FILE...
//
// Writes to OUTPUT the Swift source that embeds each FILE under its path relative to ROOT. Run by the
// EmbedTrees plugin; a problem is printed in the compiler's own format so that it shows in the build log.

/// Ends the build with a message on the file that caused it.
func fail(_ path: String, _ problem: String) -> Never {
    print("\(path):1:1: error: \(problem)")
    exit(1)
}

guard CommandLine.arguments.count >= 3 else {
    print("usage: embed-trees OUTPUT ROOT FILE...")
    exit(2)
}
let output = CommandLine.arguments[1]
let root = CommandLine.arguments[2]
let prefix = root.hasSuffix("/") ? root : root + "/"

let files = CommandLine.arguments.dropFirst(3).map { file in
    guard file.hasPrefix(prefix) else { fail(file, "is outside the folder that is embedded") }
    guard let bytes = FileManager.default.contents(atPath: file) else { fail(file, "cannot be read") }
    guard let contents = String(validating: bytes, as: UTF8.self) else {
        fail(file, "is not UTF-8 text: only text can be embedded")
    }
    return (path: String(file.dropFirst(prefix.count)), contents: contents)
}

do {
    try Data(EmbeddedTreeSource(files: files).text.utf8).write(to: URL(filePath: output), options: .atomic)
} catch {
    fail(output, "cannot be written: \(error)")
}
