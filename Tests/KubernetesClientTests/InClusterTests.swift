import Diagnostics
import Foundation
import HTTPTransport
import Testing

@testable import KubernetesClient

@Suite struct InClusterTests {
    private static let environment = ["KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"]

    @Test func aPodSpeaksAsItsServiceAccount() async throws {
        try await Files.with(["token": "first\n", "ca.crt": "authority", "namespace": "mine\n"]) { files async throws in
            let access = try #require(try ClusterAccess.inCluster(environment: Self.environment, mount: files.folder))
            #expect(access.server == "https://10.96.0.1:443")
            #expect(access.namespace == "mine")
            #expect(access.trust.authorities == Array("authority".utf8))
            let credentials = ClusterCredentials(access, environment: [:], isTerminal: false)
            let headers = try await credentials.headers(for: HTTPRequest(.get, HTTPURL(host: "a")))
            #expect(headers["Authorization"] == "Bearer first")
        }
    }

    @Test func anAddressOfVersion6StandsInBrackets() async throws {
        try await Files.with(["token": "t", "ca.crt": "c"]) { files async throws in
            var environment = Self.environment
            environment["KUBERNETES_SERVICE_HOST"] = "fd00::1"
            let access = try ClusterAccess.inCluster(environment: environment, mount: files.folder)
            #expect(access?.server == "https://[fd00::1]:443")
            #expect(access?.namespace == nil)
        }
    }

    @Test func outsideOfAPodThereIsNone() async throws {
        try await Files.with { files async throws in
            #expect(try ClusterAccess.inCluster(environment: Self.environment, mount: files.folder) == nil)
            try files.write("token", "t")
            #expect(try ClusterAccess.inCluster(environment: [:], mount: files.folder) == nil)
            let found = await diagnostics {
                try ClusterAccess.inCluster(environment: Self.environment, mount: files.folder)
            }
            #expect(found.first?.location.map { "\($0)" } == files.path("ca.crt"))
        }
    }
}
