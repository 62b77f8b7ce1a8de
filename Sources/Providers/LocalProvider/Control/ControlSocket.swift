import Diagnostics
import Documents
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// The Unix socket between a deployment and a supervisor.
enum ControlSocket {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// A name for the socket that always fits the 108 bytes of `sun_path` (unix(7)): through an open
    /// descriptor of its folder. The descriptor must stay open while the name is used.
    static func withShortPath<Result>(
        _ folder: StateFolder, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "open") }
        defer { close(descriptor) }
        return try await body("/proc/self/fd/\(descriptor)/\(StateFolder.controlSocketName)")
    }

    static func connection(_ channel: any Channel) throws -> Connection {
        try channel.pipeline.syncOperations.addHandler(
            ByteToMessageHandler(LineDecoder(maximumLength: ControlMessage.maximumLine)))
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
    }

    static func line(_ node: Node) -> ByteBuffer {
        ByteBuffer(bytes: JSONEmitter.bytes(of: node) + [UInt8(ascii: "\n")])
    }

    static func parse(_ line: ByteBuffer) throws -> Node {
        try JSONParser.parse(Array(line.readableBytesView), file: .unknown)
    }
}
