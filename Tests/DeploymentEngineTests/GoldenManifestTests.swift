import DeploymentEngine
import Documents
import Foundation
import ServiceModel
import Testing

/// Whole manifests as reviewed text: `Fixtures/<case>/expected.yaml`, recorded anew with `RECORD=1`.
@Suite struct GoldenManifestTests {
    static let cases = [
        ServiceCase(name: "tabular-onprem-production"),
        ServiceCase(name: "image-gcp-staging", dataType: .image, provider: .gcp, environment: .staging),
        ServiceCase.maximal,
    ]

    @Test(arguments: cases) func manifestsAreAsRecorded(service: ServiceCase) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/\(service.name)/expected.yaml")
        let manifests = try service.rendered().manifests
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try manifests.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(manifests == expected, "record it with RECORD=1 if the change is meant, and review the difference")
    }

    @Test(arguments: cases) func renderingTwiceGivesTheSameBytes(service: ServiceCase) throws {
        #expect(try service.rendered().manifests == service.rendered().manifests)
    }
}
