/// Turns libyaml's terse complaints into what a person did and what to do about it.
enum YAMLAdvice {
    struct Advice {
        var what: String?
        var why: String?
        var fix: String?
    }

    static func advice(for problem: String, line: Substring, column: Int) -> Advice {
        let indentation = line.prefix { $0 == " " || $0 == "\t" }
        if indentation.contains("\t"), column <= indentation.count {
            return Advice(
                what: "a tab is used for indentation", why: "YAML indents with spaces only",
                fix: "replace the tab with spaces")
        }
        switch problem {
        case "mapping values are not allowed in this context":
            return Advice(
                why: "a second `:` on one line, or a line indented deeper than its key",
                fix: "quote a value that contains `: `, and line keys up with their siblings")
        case "found character that cannot start any token":
            return Advice(
                why: "`@`, `` ` ``, `%` and a tab may not start a plain value", fix: "put the value in quotes")
        case "could not find expected ':'":
            return Advice(why: "a key is missing its `:`", fix: "write `key: value`, with a space after the colon")
        case "did not find expected key", "did not find expected '-' indicator":
            return Advice(
                why:
                    "the line is indented differently from its siblings, or a quote or bracket before it is not closed",
                fix: "line it up with the entries before it")
        case "found unexpected end of stream":
            return Advice(why: "a quote is opened and never closed", fix: "close the quote")
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'",
            "did not find expected node content":
            return Advice(why: "a bracket is opened and never closed, or a comma is missing", fix: "close the bracket")
        default:
            return Advice()
        }
    }
}
