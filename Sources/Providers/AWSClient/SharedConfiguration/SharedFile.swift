import Diagnostics
import Documents
import Glibc

/// A file of the AWS CLI's, as its sections.
struct SharedFile: Sendable {
    private static let maximumSize = 16 << 20

    /// With `~` and variables replaced.
    let path: String
    /// Nil where there is no such file.
    let sections: [INISection]?
    /// Why there are no sections, in words.
    var absence: String { isThere ? "\(path) is no file" : "there is no file \(path)" }
    private let isThere: Bool

    /// Reads the file; one that is not there, or is no regular file, counts as none.
    ///
    /// - Throws: ``Diagnostic`` when it cannot be read, and at the line that is wrong.
    init(_ path: String, environment: [String: String]) throws(Diagnostic) {
        self.path = Self.expanded(path, environment: environment)
        isThere = access(self.path, F_OK) == 0
        guard Self.isRegular(self.path) else {
            sections = nil
            return
        }
        let bytes = try FileBytes.read(path: self.path, maximumSize: Self.maximumSize)
        sections = try INIReader.read(bytes, file: SourceFile(self.path))
    }

    func section(_ title: String) -> INISection? {
        sections?.first { $0.title == title }
    }

    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Replaces `$NAME`, `${NAME}` and a `~` at the start, as Python's `os.path.expandvars` and `expanduser` do; what
    /// has no value stays as it is.
    static func expanded(_ path: String, environment: [String: String]) -> String {
        let replaced = replacingVariables(path, environment: environment)
        guard replaced == "~" || replaced.hasPrefix("~/"), let home = environment["HOME"] else { return replaced }
        let folder = home.last == "/" ? home.dropLast() : home[...]
        return String(folder) + replaced.dropFirst()
    }

    private static func replacingVariables(_ path: String, environment: [String: String]) -> String {
        var result = ""
        var rest = path[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            let isBraced = rest.dropFirst().first == "{"
            let body = rest.dropFirst(isBraced ? 2 : 1)
            let name = body.prefix { isBraced ? $0 != "}" : isNameCharacter($0) }
            let length = name.count + (isBraced ? 3 : 1)
            if let value = environment[String(name)], !name.isEmpty, rest.count >= length {
                result += value
                rest = rest.dropFirst(length)
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + String(rest)
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }
}
