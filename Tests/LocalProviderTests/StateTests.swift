import Diagnostics
import Documents
import Glibc
import Testing

@testable import LocalProvider
@testable import ServiceModel

@Suite struct StateTests {
    @Test func aReleaseKeepsTheLinesItWasConfiguredAt() async throws {
        try await Scratch.with { scratch in
            var release = try scratch.release(scratch.manifest(replicas: 3, env: ["A": "1"]), reason: "scale to 3")
            release.revision = 7
            release.status = .superseded
            release.created = 1_700_000_000
            release.scaleOverride = ScaleOverride(
                replicas: 3, expires: 1_700_007_200, lasting: 5, configured: .between(minimum: 2, maximum: 9))
            let text = JSONEmitter.emit(release.document, JSONEmitter.Options(pretty: true))
            let back = try Release(document: JSONParser.parse(text, file: SourceFile("x.json")))
            #expect(back.service == release.service)
            #expect(back.revision == 7)
            #expect(back.status == .superseded)
            #expect(back.reason == "scale to 3")
            #expect(back.scaleOverride == release.scaleOverride)
            let manifest = try #require(back.resources.first?.manifest)
            #expect(manifest == release.resources[0].manifest)
            for path in ["spec.port", "spec.command[0]", "spec.env[0].value", "spec.readiness.path"] {
                let place = try NodePath(parsing: path)
                #expect(manifest[place]?.location == release.resources[0].manifest[place]?.location)
            }
            #expect(back.document == release.document)
        }
    }

    @Test(
        arguments: [
            ("a.yaml", 3, 4, "a.yaml:3:4"), ("--set", 0, 0, "--set"), ("a:b", 1, 2, "a:b:1:2"), ("x", 9, 0, "x:9"),
        ])
    func readsALocationBack(file: String, line: Int, column: Int, written: String) {
        let location = SourceLocation(file: SourceFile(file), line: line, column: column)
        #expect(location.description == written)
        #expect(SourceLocation(written: written) == location)
    }

    @Test func findsOriginsInAnyOrder() throws {
        let origins = [
            ("metadata", "a.yaml:1:1"), ("metadata.name", "b.yaml:2:2"), (#"metadata.labels.a\.b/c"#, "a.yaml:3:3"),
            ("spec", "--set"), ("spec.items[1]", "x:y:4"), ("spec.items[1].é", "x:y:5:6"),
        ]
        let manifest: Node = [
            "apiVersion": "v1", "kind": "Example", "metadata": ["name": "demo", "labels": ["a.b/c": "d"]],
            "spec": ["items": [1, ["é": 2]]],
        ]
        var locations = SourceLocationReader()
        for rotation in origins.indices {
            let rotated = origins[rotation...] + origins[..<rotation]
            let located = OriginReader.located(
                manifest, Mapping(uniqueEntries: rotated.map { Mapping.Entry($0.0, .string($0.1)) }), &locations)
            #expect(located == manifest)
            for (path, place) in origins {
                #expect(located[try NodePath(parsing: path)]?.location == SourceLocation(written: place))
            }
            #expect(located["kind"]?.location.isKnown == false)
        }
    }

    @Test func removingAFolderLeavesWhatItsLinksPointTo() async throws {
        try await Scratch.with { scratch in
            for folder in ["kept", "gone", "gone/below"] { mkdir("\(scratch.path)/\(folder)", 0o700) }
            try StateFile.replace("\(scratch.path)/kept/file", with: [])
            try StateFile.replace("\(scratch.path)/gone/below/.hidden", with: [])
            #expect(symlink("\(scratch.path)/kept", "\(scratch.path)/gone/link") == 0)
            FolderListing.remove("\(scratch.path)/gone")
            #expect(FolderListing.contents(of: scratch.path) == ["kept"])
            #expect(FolderListing.contents(of: "\(scratch.path)/kept") == ["file"])
        }
    }

    @Test(arguments: ["{}", "{\"apiVersion\": \"synthdata.io/v1\", \"kind\": \"Release\"}", "[]", "3"])
    func refusesWhatIsNoRelease(text: String) throws {
        let node = try JSONParser.parse(text, file: SourceFile("x.json"))
        let problem = try #require(throws: Diagnostic.self) { try Release(document: node) }
        #expect(problem.code == .malformedRelease)
    }

    @Test func keepsTheNewestReleasesAndNamesABrokenOne() async throws {
        try await Scratch.with { scratch in
            let store = scratch.provider.releases
            #expect(try await store.releases(of: scratch.service).isEmpty)
            for revision in 1...12 {
                var release = try scratch.release(scratch.manifest())
                release.revision = revision
                try await store.save(release, keeping: 5)
            }
            #expect(try await store.releases(of: scratch.service).map(\.revision) == [8, 9, 10, 11, 12])
            #expect(try await store.services() == [scratch.service])
            try StateFile.replace("\(scratch.folder.releases)/0010.json", with: Array("{".utf8))
            #expect(try await store.releases(of: scratch.service).map(\.revision) == [8, 9, 11, 12])
            #expect(scratch.warnings.all.first?.what.contains("0010.json") == true)
            #expect(scratch.warnings.all.first?.notes.first?.message.contains("set aside") == true)
            #expect(FolderListing.contents(of: scratch.folder.releases).contains { $0.hasPrefix("0010.json.corrupt-") })
            // Told once: what was set aside does not come back.
            #expect(try await store.releases(of: scratch.service).count == 4)
            #expect(scratch.warnings.all.count == 1)
            try await store.removeAll(of: scratch.service)
            #expect(try await store.services().isEmpty)
        }
    }

    @Test func oneDeploymentWaitsForTheOther() async throws {
        try await Scratch.with { scratch in
            let first = try await scratch.provider.lock(
                scratch.service, holder: "ada (pid 1, deploy)", wait: TimeSpan(seconds: 0), report: { _ in })
            let refused = try await #require(throws: Diagnostic.self) {
                try await scratch.provider.lock(
                    scratch.service, holder: "bob", wait: TimeSpan(milliseconds: 100), report: { _ in })
            }
            #expect(refused.code == .locked)
            #expect(refused.why == "held by ada (pid 1, deploy)")
            let second = Task {
                try await scratch.provider.lock(scratch.service, holder: "bob", wait: TimeSpan(seconds: 60)) {
                    scratch.events.append($0)
                }
            }
            #expect(try await scratch.eventually { !scratch.events.all.isEmpty })
            guard case .waitingForLock(let holder)? = scratch.events.all.first else {
                Issue.record("no event")
                return
            }
            #expect(holder == "ada (pid 1, deploy)")
            await first.release()
            let lock = try await second.value
            await lock.release()
            // Nothing was deployed, so nothing is left.
            #expect(!scratch.folder.exists)
        }
    }

    @Test func twoDeploymentsNeverInterleave() async throws {
        try await Scratch.with { scratch in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for tag in ["a", "b"] {
                    group.addTask {
                        let lock = try await scratch.provider.lock(
                            scratch.service, holder: tag, wait: TimeSpan(seconds: 120), report: { _ in })
                        try await scratch.deploy(scratch.manifest(replicas: 2, env: ["TAG": tag]))
                        let endpoint = try #require(try await scratch.status()?.endpoint)
                        for _ in 0..<4 {
                            let tags = try await HTTPClient.get(endpoint, "/").json?["tag"]?.string
                            #expect(tags == tag)
                        }
                        await lock.release()
                    }
                }
                try await group.waitForAll()
            }
            #expect(scratch.processes.count == 2)
            #expect(try await scratch.status()?.revision == 2)
        }
    }
}
