import Diagnostics
import Foundation
import HTTPTransport
import TestSupport
import Testing

/// What `Fixtures/certificates.sh` makes, in a folder that is gone when `body` has run.
struct Certificates {
    let folder: URL

    static func with(_ body: (Certificates) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let status = try await OwnThread.run {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["bash", TestServer.fixtures.appending(path: "certificates.sh").path, folder.path]
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus
        }
        try #require(status == 0)
        try await body(Certificates(folder: folder))
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: folder.appending(path: name))) }

    /// The arguments of a server with the certificate `name`.
    func server(_ name: String, clientAuthority: String? = nil) -> [String] {
        ["http", path("\(name).pem"), path("\(name).key")] + (clientAuthority.map { [path("\($0).pem")] } ?? [])
    }

    var client: TLSConfiguration.ClientCertificate {
        get throws { .init(certificate: try bytes("client.pem"), key: Redacted(try bytes("client.key"))) }
    }
}
