import Diagnostics
import Documents
import Glibc
import ServiceModel
import TestSupport
import Testing

@testable import LocalProvider

@Suite struct DeployTests {
    @Test func deploysServesAndStopsARealProcess() async throws {
        try await Scratch.with { scratch in
            let applied = try await scratch.deploy(scratch.manifest(replicas: 2, env: ["TAG": "one"]))
            let endpoint = try #require(applied.endpoint)
            #expect(try await HTTPClient.get(endpoint, "/").json?["tag"] == "one")
            let status = try #require(try await scratch.status())
            #expect(status.state == .healthy)
            #expect(status.readyReplicas == 2)
            #expect(status.endpoint == endpoint)
            #expect(applied.monitoringURL == "\(endpoint)/metrics")
            #expect(scratch.processes.count == 2)
            #expect(scratch.eventWords.first == "applying")
            #expect(scratch.eventWords.contains("progress"))
            #expect(scratch.eventWords.suffix(2) == ["applied", "ready"])

            let again = try await scratch.provider.plan(
                scratch.release(scratch.manifest(replicas: 2, env: ["TAG": "one"])), deleteData: false)
            #expect(again.changes.map(\.action) == [.unchanged])
            #expect(!again.hasChanges)

            try await scratch.deploy(nil)
            #expect(scratch.processes.isEmpty)
            #expect(try await scratch.status() == nil)
            await #expect(throws: HTTPClient.Failure.self) { try await HTTPClient.get(endpoint, "/") }
        }
    }

    @Test func givesAReplicaWhatItNeedsAndNothingElse() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(env: ["TAG": "a=b c"])).endpoint)
            let environment = try #require(try await HTTPClient.get(endpoint, "/environment").json)
            #expect(environment["TAG"] == "a=b c")
            #expect(environment["SYNTHDATA_REPLICA"] == "demo-0")
            #expect(environment["SYNTHDATA_DATA_DIR"]?.string == scratch.folder.data(0))
            #expect(environment["HOME"] == "/nonexistent")
            #expect(environment["SECRET"] == nil)
            let configuration = try #require(try await HTTPClient.get(endpoint, "/configuration").json)
            #expect(configuration == ["rows": 5, "name": "snow ☃"])
            // Nobody but the user can read what it is given.
            var mode = stat()
            #expect(stat(scratch.folder.path, &mode) == 0 && mode.st_mode & 0o777 == 0o700)
            #expect(stat("\(scratch.folder.path)/control.sock", &mode) == 0 && mode.st_mode & 0o777 == 0o600)
        }
    }

    @Test func scalingRestartsNothing() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest(replicas: 2))
            let before = try await scratch.snapshot().replicas.compactMap(\.process)
            let plan = try await scratch.provider.plan(
                scratch.release(scratch.manifest(replicas: 3)), deleteData: false)
            #expect(plan.effect == .inPlace)
            #expect(plan.changes.first?.fields.map(\.path.description) == ["spec.replicas"])
            try await scratch.deploy(scratch.manifest(replicas: 3))
            let after = try await scratch.snapshot().replicas.compactMap(\.process)
            #expect(after.count == 3)
            #expect(Set(after).isSuperset(of: before))
            try await scratch.deploy(scratch.manifest(replicas: 1))
            #expect(try await scratch.snapshot().replicas.compactMap(\.process) == [before[0]])
            #expect(scratch.processes == [before[0].pid])
        }
    }

    @Test func scalesToNothingAndBack() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest()).endpoint)
            #expect(try await scratch.deploy(scratch.manifest(replicas: 0)).endpoint == endpoint)
            #expect(scratch.processes.isEmpty)
            let status = try #require(try await scratch.status())
            #expect(status.state == .stopped)
            #expect(status.cause == "scaled to 0 replicas")
            #expect(try await scratch.deploy(scratch.manifest()).endpoint == endpoint)
            #expect(try await HTTPClient.get(endpoint, "/").status == 200)
        }
    }

    @Test func withoutProbesAnAcceptedConnectionIsReadiness() async throws {
        try await Scratch.with { scratch in
            let manifest = try scratch.manifest(
                env: ["NEVER_READY": "1"], extra: "spec: {readiness: {path: null}, liveness: null, metrics: null}")
            let applied = try await scratch.deploy(manifest)
            #expect(applied.monitoringURL == nil)
            #expect(try await HTTPClient.get(#require(applied.endpoint), "/").status == 200)
            #expect(try await scratch.status()?.recordsPerHour == nil)
        }
    }

    @Test(arguments: [("env", Effect.rolling), ("port", .inPlace), ("liveness", .inPlace)])
    func tellsTheEffectOfAChange(field: String, effect: Effect) {
        #expect(LocalProvider.effect(of: NodePath(keys: ["spec", field])) == effect)
    }

    @Test func rollsUnderLoadWithoutAFailedRequest() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(
                try await scratch.deploy(scratch.manifest(replicas: 2, env: ["TAG": "old"])).endpoint)
            let stop = Collected<Void>()
            let answers = Collected<String>()
            try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<4 {
                    // Two workers keep their connection, two make a new one for each request.
                    let keepsAlive = worker % 2 == 0
                    group.addTask {
                        try await OwnThread.run {
                            try Self.load(endpoint, keepsAlive: keepsAlive, answers, until: stop)
                        }
                    }
                }
                #expect(try await scratch.eventually { answers.all.count > 40 })
                let plan = try await scratch.provider.plan(
                    scratch.release(scratch.manifest(replicas: 2, env: ["TAG": "new"])), deleteData: false)
                #expect(plan.effect == .rolling)
                try await scratch.deploy(scratch.manifest(replicas: 2, env: ["TAG": "new"]))
                let sofar = answers.all.count
                #expect(try await scratch.eventually { answers.all.count > sofar + 40 })
                stop.append(())
                for try await tags in group { #expect(tags.last == "new") }
                #expect(Set(answers.all) == ["old", "new"])
            }
            #expect(try await scratch.snapshot().replicas.count == 2)
        }
    }

    @Test func tellsHowFarAnUpdateIsWhileTheOldReplicasServe() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest(replicas: 2, env: ["TAG": "old"]))
            let before = scratch.events.all.count
            try await scratch.deploy(scratch.manifest(replicas: 2, env: ["TAG": "new"]))
            let progress = scratch.events.all.dropFirst(before).compactMap { event in
                if case .progress(let ready, 2, let message) = event { (ready, message) } else { nil }
            }
            #expect(Set(progress.map(\.0)) == [2])
            let updating = "0 of 2 updated: demo-0 (old) ready, demo-1 (old) ready, demo-2 starting"
            #expect(progress.contains { $0.1 == updating }, "\(progress)")
            #expect(progress.contains { $0.1.hasPrefix("1 of 2 updated: ") }, "\(progress)")
        }
    }

    /// Requests without a pause; any answer but 200 fails.
    private static func load(
        _ endpoint: String, keepsAlive: Bool, _ answers: Collected<String>, until stop: Collected<Void>
    ) throws -> [String] {
        var tags: [String] = []
        var client: HTTPClient?
        while stop.all.isEmpty {
            let response: HTTPClient.Response
            if keepsAlive {
                let connection = try client ?? HTTPClient(endpoint)
                client = connection
                response = try connection.exchange("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            } else {
                response = try HTTPClient.get(endpoint, "/")
            }
            guard response.status == 200, let tag = response.json?["tag"]?.string else {
                throw HTTPClient.Failure(description: "\(response.status): \(response.text)")
            }
            tags.append(tag)
            answers.append(tag)
            usleep(1000)
        }
        return tags
    }

    @Test func aWorkloadThatIgnoresSIGTERMIsEndedAfterItsGrace() async throws {
        try await Scratch.with { scratch in
            let stubborn = try scratch.manifest(
                env: ["IGNORE_TERM": "1", "CHILD": "1"], extra: "spec: {terminationGraceMilliseconds: 300}")
            try await scratch.deploy(stubborn)
            #expect(scratch.processes.count == 2)
            try await scratch.deploy(nil)
            #expect(scratch.processes.isEmpty)
        }
    }

    @Test func destroyKeepsDataUnlessToldOtherwise() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest())
            let data = scratch.folder.data(0)
            try StateFile.replace("\(data)/rows.csv", with: Array("1,2\n".utf8))
            let leftovers = try await scratch.deploy(nil).leftovers
            #expect(leftovers == [data])
            #expect(FolderListing.contents(of: scratch.folder.path) == ["replicas"])
            let plan = try await scratch.provider.plan(scratch.release(nil), deleteData: true)
            #expect(plan.effect == .dataLoss)
            try await scratch.deploy(nil, deleteData: true)
            #expect(FolderListing.contents(of: scratch.folder.path).isEmpty)
            #expect(try await scratch.provider.plan(scratch.release(nil), deleteData: true).changes.isEmpty)
        }
    }

    @Test func runsThisProgramWhereACommandNamesIt() async throws {
        try await Scratch.with(executable: "/usr/bin/env") { scratch in
            try await scratch.deploy(scratch.manifest(command: "[synthdata-infra, python3, server.py]"))
            #expect(try await scratch.status()?.state == .healthy)
        }
    }

    @Test func measuresThroughputAndUse() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest(replicas: 2))
            // Each replica counts 100 a second under two labels. On a busy machine the first looks may miss one.
            #expect(
                try await scratch.eventually {
                    let records = try await scratch.status()?.recordsPerHour ?? 0
                    return abs(records / (2 * 2 * 100 * 3600) - 1) < 0.3
                })
            let status = try #require(try await scratch.status())
            #expect(try #require(status.cpuUsage) < 2)
            #expect(try #require(status.memoryUsage) > 0)
        }
    }

    @Test func keepsItsPortAndMovesWhenTold() async throws {
        try await Scratch.with { scratch in
            let first = try #require(try await scratch.deploy(scratch.manifest(env: ["TAG": "a"])).endpoint)
            #expect(try await scratch.deploy(scratch.manifest(env: ["TAG": "b"])).endpoint == first)
            try await scratch.deploy(nil)
            #expect(try await scratch.deploy(scratch.manifest(env: ["TAG": "b"])).endpoint == first)
            let before = try await scratch.snapshot().replicas.map(\.process)
            let free = try Self.freePort()
            let moved = try await scratch.deploy(scratch.manifest(env: ["TAG": "b"], port: free)).endpoint
            #expect(moved == "http://127.0.0.1:\(free)")
            #expect(try await scratch.snapshot().replicas.map(\.process) == before)
            await #expect(throws: HTTPClient.Failure.self) { try await HTTPClient.get(first, "/") }
        }
    }

    /// One that nobody listens on. Those that the system gives away begin at 32768, and the clusters of other tests
    /// take theirs below 30000.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        for port in (30_000..<32_000).shuffled() {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isFree = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isFree { return port }
        }
        throw HTTPClient.Failure(description: "no port is free")
    }

    @Test func worksInAFolderWhosePathIsTooLongForASocket() async throws {
        let long = Array(repeating: "a-folder-with-a-rather-long-name", count: 6).joined(separator: "/")
        try await Scratch.with(folder: long) { scratch in
            #expect(scratch.folder.path.utf8.count > 200)
            try await scratch.deploy(scratch.manifest())
            #expect(try await scratch.status()?.state == .healthy)
        }
    }
}
