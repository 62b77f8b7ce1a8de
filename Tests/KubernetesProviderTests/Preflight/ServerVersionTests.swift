import Diagnostics
import Documents
import Testing

@testable import KubernetesProvider

/// Which releases of Kubernetes can be deployed to.
@Suite struct ServerVersionTests {
    private static func version(_ text: String, _ minor: String) -> ServerVersion {
        ServerVersion(["gitVersion": .string(text), "major": "1", "minor": .string(minor)])
    }

    @Test(arguments: [("v1.17.17", "17"), ("v1.16.0", "16"), ("v1.9.11", "9")])
    func whatHasNoServerSideApplyIsRefused(text: String, minor: String) throws {
        let problem = try #require(throws: Diagnostic.self) { try Self.version(text, minor).check() }
        #expect(problem.code.name == "kubernetes.too-old")
        #expect(problem.what == "the server runs Kubernetes \(text), which is too old")
    }

    @Test(arguments: [
        ("v1.18.0", "18", 3), ("v1.20.2", "20", 3), ("v1.22.17-eks-0a21954", "22+", 2), ("v1.24.1", "24", 1),
        ("v1.25.0", "25", 0), ("v1.34.0-gke.100", "34", 0),
    ])
    func whatIsLackingIsTold(text: String, minor: String, features: Int) throws {
        let version = Self.version(text, minor)
        try version.check()
        let told = version.shortcomings.compactMap(\.why).first ?? ""
        #expect(told.ranges(of: "no ").count == features, "\(told)")
        #expect(version.shortcomings.allSatisfy { $0.severity == .warning })
    }

    @Test func aServerThatDoesNotSayIsNotRefused() throws {
        try ServerVersion(["gitVersion": "custom"]).check()
        #expect(ServerVersion(["gitVersion": "custom"]).shortcomings.isEmpty)
    }

    @Test func theTextWillDoWhereThePartsAreMissing() {
        #expect(throws: Diagnostic.self) { try ServerVersion(["gitVersion": "v1.17.3"]).check() }
    }
}
