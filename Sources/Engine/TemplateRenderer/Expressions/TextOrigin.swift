import Diagnostics

/// Where a string's characters stand in the template's file.
///
/// A node knows only where its scalar begins. With the source at hand, the characters of a plain or
/// quoted scalar can be followed as long as they stand in the file as they are in the string; behind
/// an escape or a line break, and in block scalars, the scalar's own place has to do.
struct TextOrigin {
    let location: SourceLocation
    /// Columns between the scalar's beginning and the string's: 1 for an opening quote.
    private var shift = 0
    /// How many of the string's scalars can be followed.
    private var followed = 0

    init(_ text: String, at location: SourceLocation, in source: TemplateSource?) {
        self.location = location
        guard let line = source?.line(location) else { return }
        var rest = line.unicodeScalars.dropFirst(location.column - 1)
        if rest.first == "\"" || rest.first == "'" {
            shift = 1
            rest = rest.dropFirst()
        }
        for (written, scalar) in zip(rest, text.unicodeScalars) {
            guard written == scalar else { return }
            followed += 1
        }
        // The end of the text is a place too, where something is missing.
        followed += 1
    }

    func location(scalarOffset: Int) -> SourceLocation {
        guard scalarOffset < followed else { return location }
        return SourceLocation(file: location.file, line: location.line, column: location.column + shift + scalarOffset)
    }
}
