import Glibc

/// A folder of generated records that never outgrows its bound: the oldest files go when new ones come.
///
/// Files are named `<prefix>-<number>.<extension>`, numbered on from those that are already there. Other files of
/// the folder are neither counted nor touched.
package struct RecordStore {
    private let folder: String
    private let prefix: String
    private let layout: RecordLayout
    private let maximumBytes: Int
    private let segmentBytes: Int
    private var segments: [Segment] = []
    private var isOpen = false
    /// Whether the last segment may take more records.
    private var isAppending = false
    private var nextNumber: UInt64 = 1

    private struct Segment {
        let number: UInt64
        var bytes: Int
    }

    /// Nothing is read or written before the first `append`.
    package init(folder: String, prefix: String, layout: RecordLayout, maximumBytes: Int, segmentBytes: Int) {
        self.folder = folder
        self.prefix = prefix
        self.layout = layout
        self.maximumBytes = maximumBytes
        self.segmentBytes = segmentBytes
    }

    /// Writes records in order, making room first.
    ///
    /// - Throws: `FileError`, with the records written before it counted in `written`. Nothing of the others stays behind,
    ///   and the next call starts a new file.
    package mutating func append(_ records: [[UInt8]], written: inout Int) throws(FileError) {
        try openFolder()
        switch layout {
        case .separate:
            for record in records {
                try makeRoom(for: record.count)
                try write(record, toNewSegment: true)
                written += 1
            }
        case .appended(_, let header):
            var pending: [UInt8] = []
            var pendingRecords = 0
            for record in records {
                pending += record
                pendingRecords += 1
                let size = (isAppending ? segments.last?.bytes ?? 0 : 0) + pending.count
                if size >= segmentBytes {
                    try flush(&pending, header)
                    written += pendingRecords
                    pendingRecords = 0
                    isAppending = false
                }
            }
            try flush(&pending, header)
            written += pendingRecords
        }
    }

    private mutating func flush(_ pending: inout [UInt8], _ header: [UInt8]) throws(FileError) {
        guard !pending.isEmpty else { return }
        let startsSegment = !isAppending
        let bytes = startsSegment ? header + pending : pending
        try makeRoom(for: bytes.count)
        try write(bytes, toNewSegment: startsSegment)
        isAppending = true
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func write(_ bytes: [UInt8], toNewSegment: Bool) throws(FileError) {
        if toNewSegment {
            segments.append(Segment(number: nextNumber, bytes: 0))
            nextNumber += 1
        }
        guard let segment = segments.last else { return }
        // A file that someone deleted isn't made again by an append: it would lack its header.
        let creation = toNewSegment ? O_CREAT : 0
        let descriptor = open(path(segment.number), O_WRONLY | O_APPEND | O_CLOEXEC | creation, 0o644)
        guard descriptor >= 0 else { throw failed() }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                let error = failed()
                takeBack(descriptor, to: segment)
                throw error
            }
            offset += count
        }
        segments[segments.count - 1].bytes += bytes.count
    }

    /// Cuts a file to what it held before a failed write, so that no half record and no empty file stays behind.
    private func takeBack(_ descriptor: Int32, to segment: Segment) {
        if segment.bytes > 0 {
            _ = ftruncate(descriptor, segment.bytes)
        } else {
            unlink(path(segment.number))
        }
    }

    /// After a failure the folder may have changed in any way: it is read again before the next write.
    private mutating func failed() -> FileError {
        let error = FileError.current
        isAppending = false
        isOpen = false
        return error
    }

    /// Deletes the oldest files until `bytes` more fit; the file being appended to is never the one.
    private mutating func makeRoom(for bytes: Int) throws(FileError) {
        var total = segments.reduce(0) { $0 + $1.bytes }
        while total + bytes > maximumBytes, let oldest = segments.first, !(isAppending && segments.count == 1) {
            guard unlink(path(oldest.number)) == 0 || errno == ENOENT else { throw failed() }
            total -= oldest.bytes
            segments.removeFirst()
        }
    }

    /// Creates the folder and takes stock of the files in it; again after every failure, as anything may have changed.
    private mutating func openFolder() throws(FileError) {
        guard !isOpen else { return }
        try createFolder()
        guard let directory = opendir(folder) else { throw FileError.current }
        defer { closedir(directory) }
        segments = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let number = number(of: name) else { continue }
            var status = stat()
            guard stat(path(number), &status) == 0 else { continue }
            segments.append(Segment(number: number, bytes: Int(status.st_size)))
        }
        segments.sort { $0.number < $1.number }
        nextNumber = max(nextNumber, (segments.last?.number ?? 0) + 1)
        isAppending = false
        isOpen = true
    }

    private func createFolder() throws(FileError) {
        var path = folder.hasPrefix("/") ? "/" : ""
        for component in folder.split(separator: "/") {
            path += component + "/"
            guard mkdir(path, 0o755) == 0 || errno == EEXIST || access(path, F_OK) == 0 else { throw FileError.current }
        }
    }

    private func path(_ number: UInt64) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
        return "\(folder)/\(prefix)-\(padded).\(layout.fileExtension)"
    }

    private func number(of name: String) -> UInt64? {
        let end = ".\(layout.fileExtension)"
        guard name.hasPrefix("\(prefix)-"), name.hasSuffix(end) else { return nil }
        let digits = name.dropFirst(prefix.utf8.count + 1).dropLast(end.utf8.count)
        guard digits.utf8.count >= 6, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt64(digits)
    }
}
