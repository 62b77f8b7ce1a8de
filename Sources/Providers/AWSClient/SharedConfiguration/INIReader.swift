import Diagnostics

/// Reads INI text as Python's `configparser.RawConfigParser` does, which is what the AWS CLI reads its files with
/// (https://docs.python.org/3/library/configparser.html#supported-ini-file-structure): `=` and `:` end a name, names
/// are taken in lower case, `#` and `;` begin a comment at the start of a line only, deeper indented lines go on
/// with a value, `[DEFAULT]` is below every other section, and writing anything twice is an error.
struct INIReader {
    /// A value while its lines are gathered.
    private struct Draft {
        let name: String
        let line: Int
        var pieces: [(text: Substring.UnicodeScalarView, line: Int)]
    }

    private static let defaults = "DEFAULT"

    private let file: SourceFile
    private var sections: [INISection] = []
    /// Of `[DEFAULT]`, by name: looked into only for a section that does not have the setting itself.
    private var defaults: [String: Draft] = [:]
    /// Names of sections and of their settings that were read, with the line.
    private var sectionLines: [String: Int] = [:]
    private var settingLines: [String: [String: Int]] = [:]
    private var title: String?
    private var draft: Draft?
    private var indentation = 0
    private var badLines: [Int] = []

    private init(file: SourceFile) {
        self.file = file
    }

    /// The sections in their order, `[DEFAULT]` spread over the others.
    ///
    /// - Throws: ``Diagnostic`` at the first line that cannot be read. No part of the text is in it: it may be secret.
    static func read(_ bytes: [UInt8], file: SourceFile) throws(Diagnostic) -> [INISection] {
        var reader = INIReader(file: file)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
            throw reader.problem("the line is not UTF-8", line: bad + 1, fix: "save the file as UTF-8")
        }
        for (number, line) in Self.lines(of: text).enumerated() {
            try reader.take(line, number: number + 1)
        }
        try reader.finishSetting()
        try reader.throwBadLines()
        return try reader.sectionsWithDefaults()
    }

    private func sectionsWithDefaults() throws(Diagnostic) -> [INISection] {
        var sections = sections
        for position in sections.indices {
            for (name, draft) in defaults where !sections[position].has(name) {
                sections[position].settings[name] = try setting(draft)
            }
        }
        return sections
    }

    /// Ended by a line feed, a carriage return, or both.
    private static func lines(of text: String) -> [Substring.UnicodeScalarView] {
        var lines: [Substring.UnicodeScalarView] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            if scalar == "\n" || scalar == "\r" {
                lines.append(scalars[start..<index])
                let isPair = scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n"
                start = isPair ? scalars.index(after: next) : next
                index = start
            } else {
                index = next
            }
        }
        lines.append(scalars[start...])
        return lines
    }

    private mutating func take(_ line: Substring.UnicodeScalarView, number: Int) throws(Diagnostic) {
        let value = PythonSpace.stripped(line)
        if value.first == "#" || value.first == ";" { return }
        guard !value.isEmpty else {
            draft?.pieces.append((value, number))
            return
        }
        let indentation = line.distance(from: line.startIndex, to: value.startIndex)
        if draft != nil, indentation > self.indentation {
            draft?.pieces.append((value, number))
            return
        }
        self.indentation = indentation
        if value.first == "[", let end = value.lastIndex(of: "]"), value.index(after: value.startIndex) < end {
            try finishSetting()
            try begin(String(value[value.index(after: value.startIndex)..<end]), line: number)
        } else {
            try begin(setting: value, line: number)
        }
    }

    private mutating func begin(_ title: String, line: Int) throws(Diagnostic) {
        self.title = title
        if title == Self.defaults { return }
        if let first = sectionLines[title] {
            throw problem(
                "the section [\(title)] is written twice", line: line, fix: "move its settings to the first one",
                note: ("the first one", first))
        }
        sectionLines[title] = line
        sections.append(INISection(title: title, at: SourceLocation(file: file, line: line)))
    }

    private mutating func begin(setting value: Substring.UnicodeScalarView, line: Int) throws(Diagnostic) {
        guard let title else {
            if value.first == "[" {
                throw problem(
                    "the name of the section does not end", line: line, fix: "write `]` behind it, as in `[default]`")
            }
            throw problem(
                "there is text above the first section", line: line,
                fix: "write the section that it belongs to above it, `[default]` for example")
        }
        guard let end = value.firstIndex(where: { $0 == "=" || $0 == ":" }), end > value.startIndex else {
            // Reading goes on to tell all of them.
            badLines.append(line)
            return
        }
        try finishSetting()
        let name = String(PythonSpace.stripped(value[..<end])).lowercased()
        if let first = settingLines[title]?[name] {
            throw problem(
                "`\(name)` is written twice in [\(title)]", line: line, fix: "remove one of them",
                note: ("the first one", first))
        }
        settingLines[title, default: [:]][name] = line
        let text = PythonSpace.stripped(value[value.index(after: end)...])
        draft = Draft(name: name, line: line, pieces: [(text, line)])
    }

    /// Puts the value that was gathered in its section.
    private mutating func finishSetting() throws(Diagnostic) {
        guard var draft else { return }
        self.draft = nil
        while let last = draft.pieces.last, last.text.isEmpty { draft.pieces.removeLast() }
        if title == Self.defaults {
            defaults[draft.name] = draft
        } else {
            sections[sections.count - 1].settings[draft.name] = try setting(draft)
        }
    }

    private func setting(_ draft: Draft) throws(Diagnostic) -> INISetting {
        let isNested = draft.pieces.count > 1 && draft.pieces[0].text.isEmpty
        let text = draft.pieces.map { String($0.text) }.joined(separator: "\n")
        return INISetting(
            content: isNested ? .nested(try nested(draft)) : .text(text),
            location: SourceLocation(file: file, line: draft.line))
    }

    /// The settings below a setting, whose names keep their case, and of which the last of a name wins.
    private func nested(_ draft: Draft) throws(Diagnostic) -> [String: INISetting] {
        var settings: [String: INISetting] = [:]
        for piece in draft.pieces {
            for part in piece.text.split(whereSeparator: PythonSpace.isLineBreak) {
                let text = PythonSpace.stripped(part)
                if text.isEmpty { continue }
                guard let end = text.firstIndex(of: "=") else {
                    throw problem(
                        "the line below `\(draft.name)` is no setting", line: piece.line,
                        fix: "write `name = value`, or begin the line with # to make it a comment")
                }
                settings[String(PythonSpace.stripped(text[..<end]))] = INISetting(
                    content: .text(String(PythonSpace.stripped(text[text.index(after: end)...]))),
                    location: SourceLocation(file: file, line: piece.line))
            }
        }
        return settings
    }

    private func throwBadLines() throws(Diagnostic) {
        guard let first = badLines.first else { return }
        var diagnostic = problem(
            "the line is neither a section nor a setting", line: first,
            fix: "write `[section]` or `name = value`, or begin the line with # to make it a comment")
        diagnostic.notes = badLines.dropFirst().prefix(DiagnosticCollector.kindLimit).map { line in
            Diagnostic.Note("nor is this line", at: SourceLocation(file: file, line: line))
        }
        throw diagnostic
    }

    private func problem(
        _ what: String, line: Int, fix: String, note: (text: String, line: Int)? = nil
    ) -> Diagnostic {
        Diagnostic(
            .error, .awsSharedConfig, what, at: SourceLocation(file: file, line: line), fix: fix,
            notes: note.map { [.init($0.text, at: SourceLocation(file: file, line: $0.line))] } ?? [])
    }
}
