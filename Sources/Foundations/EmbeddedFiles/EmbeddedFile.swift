/// A text file that was compiled into the binary.
///
/// Both values are string literals: they live in the binary's read-only data, and copying or slicing
/// them allocates nothing.
package struct EmbeddedFile: Sendable, Equatable {
    /// The path relative to the embedded folder, with `/` between its parts: `data-types/image.yaml`.
    package let path: String

    /// The text, byte for byte as in the source tree.
    package let contents: String

    package init(path: String, contents: String) {
        self.path = path
        self.contents = contents
    }
}
