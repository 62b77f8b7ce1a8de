import FoundationEssentials
import Testing

@testable import ReferenceWorkload

@Suite struct RecordStoreTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func store(_ layout: RecordLayout = .appended(fileExtension: "csv", header: Array("h\n".utf8)))
        -> RecordStore
    {
        RecordStore(folder: folder.path, prefix: "t", layout: layout, maximumBytes: 100, segmentBytes: 30)
    }

    private func append(_ store: inout RecordStore, _ count: Int, size: Int = 10) throws -> Int {
        var written = 0
        let record = [UInt8](repeating: 0x61, count: size - 1) + [0x0A]
        try store.append(Array(repeating: record, count: count), written: &written)
        return written
    }

    @Test func everySegmentStartsWithTheHeader() throws {
        var store = store()
        #expect(try append(&store, 2) == 2)
        #expect(try append(&store, 5) == 5)
        #expect(try folder.names == ["t-000001.csv", "t-000002.csv", "t-000003.csv"])
        #expect(try folder.read("t-000001.csv") == Array("h\naaaaaaaaa\naaaaaaaaa\naaaaaaaaa\n".utf8))
        #expect(try folder.read("t-000003.csv") == Array("h\naaaaaaaaa\n".utf8))
    }

    @Test func theFolderNeverOutgrowsItsBound() throws {
        var store = store()
        try folder.write("mine", to: "notes.txt")
        for _ in 0..<50 {
            _ = try append(&store, 3)
            let bytes = try folder.names.filter { $0.hasPrefix("t-") }.reduce(0) { try $0 + folder.read($1).count }
            #expect(bytes <= 100)
        }
        #expect(try folder.names.contains("notes.txt"))
        #expect(try !folder.names.contains("t-000001.csv"))
    }

    @Test func separateRecordsAreFilesOfTheirOwn() throws {
        var store = store(.separate(fileExtension: "png"))
        #expect(try append(&store, 14) == 14)
        #expect(try folder.names.count == 10)
        #expect(try folder.names.last == "t-000014.png")
    }

    @Test func anotherStartGoesOnNumberingAndCountsWhatIsThere() throws {
        var first = store()
        _ = try append(&first, 6)
        var second = store()
        _ = try append(&second, 3)
        #expect(try folder.names == ["t-000001.csv", "t-000002.csv", "t-000003.csv"])
        for _ in 0..<3 { _ = try append(&second, 3) }
        #expect(try folder.names.first == "t-000004.csv")
    }

    @Test func anUnusableFolderIsAnErrorAndRecoversLater() throws {
        let path = try folder.write("", to: "data")
        var store = RecordStore(
            folder: path, prefix: "t", layout: .separate(fileExtension: "png"), maximumBytes: 100, segmentBytes: 30)
        let error = #expect(throws: FileError.self) { try append(&store, 1) }
        #expect(error?.description == "Not a directory")
        var written = 0
        store = RecordStore(
            folder: folder.path + "/new/deep", prefix: "t", layout: .separate(fileExtension: "png"), maximumBytes: 100,
            segmentBytes: 30)
        try store.append([[1]], written: &written)
        #expect(written == 1)
        #expect(try folder.read("new/deep/t-000001.png") == [1])
    }

    @Test func aFullDiskLeavesNothingBehindAndRecoversLater() throws {
        var store = store(.separate(fileExtension: "png"))
        #expect(try append(&store, 1) == 1)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/t-000002.png", withDestinationPath: "/dev/full")
        let error = #expect(throws: FileError.self) { try append(&store, 2) }
        #expect(error?.description == "No space left on device")
        #expect(try folder.names == ["t-000001.png"])
        #expect(try append(&store, 2) == 2)
        #expect(try folder.names == ["t-000001.png", "t-000003.png", "t-000004.png"])
    }
}
