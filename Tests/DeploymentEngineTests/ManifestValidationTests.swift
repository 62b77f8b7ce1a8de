import Foundation
import Testing

/// Rendered manifests as other programs see them: PyYAML reads them, and Kubernetes' own schemas accept
/// them strictly, those of the oldest supported release and of the newest known one.
@Suite struct ManifestValidationTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func everyCombinationIsValidForTheOldestAndTheNewestKubernetes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "manifests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let cases = ServiceCase.combinations + ServiceCase.variants
        for service in cases {
            try service.rendered().manifests.write(
                to: folder.appending(path: "\(service.name).yaml"), atomically: false, encoding: .utf8)
        }
        let (status, output) = try Self.validate(folder)
        #expect(status == 0, "\(output)")
        #expect(output.contains("\(cases.count) files"), "\(output)")
    }

    @Test func aMisspeltFieldIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "manifests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let broken = try ServiceCase.maximal.rendered().manifests.replacing("readinessProbe:", with: "readynessProbe:")
        try broken.write(to: folder.appending(path: "broken.yaml"), atomically: false, encoding: .utf8)
        let (status, output) = try Self.validate(folder)
        #expect(status == 1)
        #expect(output.contains("broken.yaml: Deployment/demo"), "\(output)")
        #expect(output.contains("readynessProbe"), "\(output)")
    }

    /// One process for all files: starting Python and reading the schemas takes longer than the checks.
    private static func validate(_ folder: URL) throws -> (status: Int32, output: String) {
        let python = root.appending(path: ".venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path()),
            "the tests' Python is missing: run `make test`, or scripts/setup.sh once")
        let process = Process()
        process.executableURL = python
        process.arguments = [root.appending(path: "Tests/Support/validate_manifests.py").path(), folder.path()]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
