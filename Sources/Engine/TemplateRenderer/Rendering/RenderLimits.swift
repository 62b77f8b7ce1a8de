/// What a rendering may use, so that a mistake in a template is an error and not a machine on its knees.
enum RenderLimits {
    /// Items that the loops of one rendering may visit, in all.
    static let iterations = 1_000_000
    /// Items of one `range`.
    static let rangeItems = 100_000
    /// Bytes of one computed text.
    static let textBytes = 4 << 20
    /// Levels of collections in the value that `$reduce` carries along.
    static let valueDepth = 200
    /// Values in it, each counted as often as it occurs.
    static let valueCount = 1_000_000
}
