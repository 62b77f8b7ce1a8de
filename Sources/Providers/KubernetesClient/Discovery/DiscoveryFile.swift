import Documents
import HTTPTransport

#if canImport(Glibc)
    import Glibc
#endif

/// The file that keeps what one server serves. A file that cannot be read or written costs requests, and
/// nothing else.
struct DiscoveryFile: Sendable {
    private static let apiVersion = "synthdata.io/v1"
    private static let kind = "ServedTypes"
    private static let maximumSize = 8 << 20

    private let folder: String
    private var path: String

    init(folder: String, server: String) {
        self.folder = folder
        path = "\(folder)/\(HTTPURL.percentEncoded(server)).json"
    }

    /// What was written between two times, in seconds since 1970.
    func read(from oldest: Double, to newest: Double) -> ServedTypes? {
        guard let bytes = try? FileBytes.read(path: path, maximumSize: Self.maximumSize),
            let document = try? JSONParser.parse(bytes, file: APIDocument.source),
            document["apiVersion"]?.string == Self.apiVersion, document["kind"]?.string == Self.kind,
            let time = document["time"]?.integer, (oldest...newest).contains(Double(time))
        else { return nil }
        return document["types"].flatMap(ServedTypes.init(document:))
    }

    /// Written beside it and renamed, so that nobody reads half of it.
    func write(_ types: ServedTypes, at time: Double) {
        let document: Node = [
            "apiVersion": .string(Self.apiVersion), "kind": .string(Self.kind), "time": .integer(Int(time)),
            "types": types.document,
        ]
        Self.makeFolder(folder)
        let draft = "\(path).\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let bytes = JSONEmitter.bytes(of: document)
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        if written == bytes.count { rename(draft, path) } else { unlink(draft) }
    }

    private static func makeFolder(_ path: String) {
        guard mkdir(path, 0o700) != 0, errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex
        else { return }
        makeFolder(String(path[..<slash]))
        mkdir(path, 0o700)
    }
}
