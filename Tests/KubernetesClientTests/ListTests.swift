import ControlPlane
import Documents
import Foundation
import HTTPTransport
import Synchronization
import Testing

@testable import KubernetesClient

@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct ListTests {
    /// 700 config maps in a namespace of their own, so that a list takes two pages.
    private static func many(_ file: String? = nil) async throws -> Cluster {
        let cluster = try await Cluster.make("lists", file)
        let direct = try await Cluster.api()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for index in 0..<700 {
                // Others have tests to run at this server, too.
                if index >= 16 { try await tasks.next() }
                tasks.addTask { _ = try await direct.apply(.configMap, cluster.configMap("m-\(index)", "\(index)")) }
            }
            try await tasks.waitForAll()
        }
        return cluster
    }

    private static let names = Set((0..<700).map { "m-\($0)" })

    @Test func allPagesAreOneList() async throws {
        let proxy = try await FaultProxy.start(before: ControlPlane.shared())
        let cluster = try await Self.many(proxy.kubeconfig)
        try await proxy.forget()
        let list = try await cluster.api.list(cluster.configMaps)
        #expect(list.items.count == 700)
        #expect(Set(list.items.map(\.objectName)) == Self.names)
        #expect(list.items.allSatisfy { $0["kind"] == "ConfigMap" && $0["apiVersion"] == "v1" && $0["data"] != nil })
        #expect(try await proxy.requests().count == 2)

        let kept = try await cluster.api.list(cluster.configMaps) { $0["data"]?["value"]?.string == "7" ? 7 : nil }
        #expect(kept.items == [7])

        let metadata = try await cluster.api.listMetadata(cluster.configMaps)
        #expect(Set(metadata.map(\.objectName)) == Self.names)
        #expect(metadata.allSatisfy { $0["data"] == nil && $0.objectUID != nil })

        // The server forgets where the list was: it starts over, and has everything once.
        for form in ["list", "metadata"] {
            try await proxy.forget()
            try await proxy.obey(.init("status:410", path: "continue=", times: 2))
            let items =
                form == "list"
                ? try await cluster.api.list(cluster.configMaps).items
                : try await cluster.api.listMetadata(cluster.configMaps)
            #expect(items.count == 700)
            #expect(Set(items.map(\.objectName)) == Self.names)
            #expect(try await proxy.requests().map(\.fault) == [nil, "status:410", nil, "status:410", nil, nil])
        }

        // And in the end it is said.
        try await proxy.obey(.init("status:410", path: "continue="))
        let error = await #expect(throws: APIStatus.self) { try await cluster.api.list(cluster.configMaps) }
        #expect(error?.isExpired == true)
    }
}

/// Lists of servers that are functions.
@Suite struct ListAnswerTests {
    @Test func aPageThatIsTooLargeIsAskedForInParts() async throws {
        let asked = Mutex<[String]>([])
        let server = FakeServer { request throws(HTTPError) in
            let query = request.url.query ?? ""
            asked.withLock { $0.append(query) }
            let limit =
                query.split(separator: "&").first { $0.hasPrefix("limit=") }.flatMap { Int($0.dropFirst(6)) } ?? 0
            if limit > 200 {
                throw HTTPError(.responseTooLarge(limit: request.responseLimit), request, mayHaveReachedServer: true)
            }
            let isLast = query.contains("continue=")
            return .json([
                "metadata": ["resourceVersion": "7", "continue": isLast ? "" : "more"],
                "items": [["metadata": ["name": .string(isLast ? "b" : "a")]]],
            ])
        }
        let list = try await server.api.list(Selection(.pod, namespace: nil))
        #expect(list.items.map(\.objectName) == ["a", "b"])
        #expect(asked.withLock(\.self) == ["limit=500", "limit=250", "limit=125", "limit=125&continue=more"])
    }
}
