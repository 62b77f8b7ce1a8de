import ControlPlane
import DeploymentEngine
import Documents
import FoundationEssentials
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Testing

/// How much of the past is kept, and in how much room.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct HistorySizeTests {
    private static func parts(_ namespace: TestNamespace) async throws -> [(size: Int, bytes: Int)] {
        let secrets = try await namespace.api.list(
            Selection(.secret, namespace: namespace.name, labels: "synthdata.io/record=release")
        ).items
        return secrets.map { secret in
            func data(_ key: String) -> Data {
                secret.value("data", key)?.string.flatMap { Data(base64Encoded: $0) } ?? Data()
            }
            return (Int(String(decoding: data("size"), as: UTF8.self)) ?? 0, data("release").count)
        }
    }

    @Test func aReleaseIsCompressed() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Layers("").release(namespace) { $0.stopPods() })
            let parts = try await Self.parts(namespace)
            #expect(parts.count == 1)
            #expect(parts[0].size > 2000)
            #expect(parts[0].bytes * 2 < parts[0].size)
        }
    }

    /// Each object fits in the server, and the release of them does not, however well it is compressed.
    @Test func aReleaseThatNoObjectCanHoldIsCutIntoSeveral() async throws {
        try await TestNamespace.with { namespace in
            var generator = SystemRandomNumberGenerator()
            let texts = (0..<3).map { _ in
                Data((0..<75_000).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) })
                    .base64EncodedString()
            }
            let release = try Layers("").release(namespace) { resources in
                resources.stopPods()
                resources += texts.enumerated().compactMap { number, text in
                    Resource(manifest: [
                        "apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": ["name": "large-\(number)", "namespace": .string(namespace.name)],
                        "data": ["text": .string(text)],
                    ])
                }
            }
            try await namespace.deploy(release)
            let parts = try await Self.parts(namespace)
            #expect(parts.count == 3)
            #expect(parts.allSatisfy { $0.size > 2 << 20 && $0.bytes <= 700_000 }, "\(parts)")
            let stored = try await namespace.provider().provider.releases.releases(of: namespace.service())
            #expect(stored.map { $0.resources.map(\.manifest) } == [release.resources.map(\.manifest)])
        }
    }

    @Test func theEleventhRevisionDropsTheFirst() async throws {
        try await TestNamespace.with { namespace in
            for turn in 1...11 {
                try await namespace.deploy(
                    Layers("deployment: {annotations: {turn: \"\(turn)\"}}\n").release(namespace) { $0.stopPods() })
                if turn == 10 { #expect(try await namespace.history().hasPrefix("1 superseded, ")) }
            }
            let expected = (2...11).map { "\($0) \($0 == 11 ? "deployed" : "superseded")" }.joined(separator: ", ")
            #expect(try await namespace.history() == expected)
            #expect(try await Self.parts(namespace).count == 10)
        }
    }
}
