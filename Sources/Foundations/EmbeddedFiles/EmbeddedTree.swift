/// The files of a folder of the source tree that was compiled into the binary.
///
/// Ordered by the UTF-8 bytes of the path, so that a folder's files stand together and lists are the
/// same on every machine. Looking up a path or a folder takes O(log n) comparisons and builds no index,
/// which keeps programs that never ask from paying at launch.
package struct EmbeddedTree: Sendable {
    private let files: [EmbeddedFile]

    /// - Precondition: `files` is in strictly ascending order of the UTF-8 bytes of the path. The
    ///   generator sorts, and a release build does not check again.
    package init(sortedByPath files: [EmbeddedFile]) {
        assert(
            zip(files, files.dropFirst()).allSatisfy { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) },
            "embedded files must be sorted by path")
        self.files = files
    }

    /// The file at exactly this path, or nil. Paths are compared byte by byte, as Linux does.
    package subscript(path: String) -> EmbeddedFile? {
        let index = firstIndex(notBefore: path)
        guard index < files.endIndex, files[index].path.utf8.elementsEqual(path.utf8) else { return nil }
        return files[index]
    }

    /// The files below a folder at any depth, in order; empty when there is no such folder.
    ///
    /// - Parameter folder: a path without the closing `/`: `data-types`.
    package func files(under folder: String) -> ArraySlice<EmbeddedFile> {
        let prefix = folder + "/"
        let start = firstIndex(notBefore: prefix)
        return files[start...].prefix { $0.path.utf8.starts(with: prefix.utf8) }
    }

    private func firstIndex(notBefore path: String) -> Int {
        var range = files.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if files[middle].path.utf8.lexicographicallyPrecedes(path.utf8) {
                range = (middle + 1)..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return range.lowerBound
    }
}

extension EmbeddedTree: RandomAccessCollection {
    package var startIndex: Int { files.startIndex }
    package var endIndex: Int { files.endIndex }
    package subscript(position: Int) -> EmbeddedFile { files[position] }
}
