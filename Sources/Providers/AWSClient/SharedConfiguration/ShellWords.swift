/// Splits a command line into words as Python's `shlex.split` does, and with it the AWS CLI: quotes and backslashes as
/// in a POSIX shell, no variables, no patterns, no operators.
enum ShellWords {
    private enum Quote {
        case none
        case single
        case double
    }

    /// The words; nil where a quote is not closed or a backslash stands at the end.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote = Quote.none
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                // Within double quotes a backslash stands for itself before all but these two.
                if quote == .double, scalar != "\"", scalar != "\\" { word?.append("\\") }
                word?.append(scalar)
                isEscaped = false
                continue
            }
            switch (quote, scalar) {
            case (.single, "'"), (.double, "\""): quote = .none
            case (.single, _): word?.append(scalar)
            case (.double, "\\"): isEscaped = true
            case (.double, _): word?.append(scalar)
            case (.none, " "), (.none, "\t"), (.none, "\r"), (.none, "\n"):
                if let whole = word { words.append(String(whole)) }
                word = nil
            case (.none, _):
                if word == nil { word = String.UnicodeScalarView() }
                switch scalar {
                case "'": quote = .single
                case "\"": quote = .double
                case "\\": isEscaped = true
                default: word?.append(scalar)
                }
            }
        }
        guard quote == .none, !isEscaped else { return nil }
        if let whole = word { words.append(String(whole)) }
        return words
    }
}
