import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import Testing

/// What deployments leave in a cluster: releases, and manifests as they were rendered.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct RecordTests {
    private func secrets(_ namespace: TestNamespace) async throws -> [Node] {
        try await namespace.api.list(
            Selection(.secret, namespace: namespace.name, labels: "synthdata.io/record=release")
        ).items
    }

    @Test func splitsWhatOneObjectCannotHoldAndSkipsWhatIsDamaged() async throws {
        try await TestNamespace.with { namespace in
            var limits = TestNamespace.limits
            limits.releasePart = 500
            let told = Mutex<[Diagnostic]>([])
            let (provider, _) = namespace.provider(limits, warn: { problem in told.withLock { $0.append(problem) } })
            for turn in ["a", "b"] {
                let layers = Layers("deployment: {annotations: {turn: \(turn)}}\n")
                try await namespace.deploy(layers.release(namespace) { $0.stopPods() }, with: provider)
            }
            let parts = try await secrets(namespace)
            #expect(parts.count > 4)
            #expect(try await namespace.history() == "1 superseded, 2 deployed")
            let restored = try #require(try await provider.releases.releases(of: namespace.service()).first)
            let wanted = try Layers("deployment: {annotations: {turn: a}}\n").release(namespace) { $0.stopPods() }
            #expect(restored.resources.map(\.manifest) == wanted.resources.map(\.manifest))

            let none = told.withLock(\.self)
            #expect(none.isEmpty)
            let last = try #require(parts.filter { $0.objectName.contains(".v1") }.map(\.objectName).max())
            _ = try await namespace.api.delete(.secret, namespace: namespace.name, name: last, uid: nil)
            #expect(
                try await provider.releases.releases(of: namespace.service()).map(\.revision) == [2])
            let problems = told.withLock(\.self)
            let problem = try #require(problems.first)
            #expect(problem.code.name == "kubernetes.unreadable-release")
            #expect(problem.what == "revision 1 of `demo` cannot be read")
            // What is damaged is removed with the service like everything else.
            try await provider.releases.removeAll(of: namespace.service())
            #expect(try await secrets(namespace).isEmpty)
        }
    }

    /// A new status that is cut off between two parts leaves a release that can be read.
    @Test func aSaveThatIsCutOffLeavesAReadableRelease() async throws {
        try await TestNamespace.with { namespace in
            var limits = TestNamespace.limits
            limits.releasePart = 500
            var release = try Layers("").release(namespace)
            release.revision = 1
            try await namespace.provider(limits).provider.releases.save(release, keeping: 10)
            let count = try await secrets(namespace).count
            #expect(count > 2)
            release.status = .deployed
            for write in 1...count {
                let (provider, _) = namespace.provider(limits, cut: .before(write))
                await #expect(throws: (any Error).self) { try await provider.releases.save(release, keeping: 10) }
                #expect(try await namespace.history() == "1 pending")
            }
            try await namespace.provider(limits).provider.releases.save(release, keeping: 10)
            #expect(try await namespace.history() == "1 deployed")
        }
    }

    /// It has the same revisions in the same states, and is another service all the same.
    @Test(arguments: [false, true]) func releasesOfAServiceThatWasMadeAgainAreOthers(isFleet: Bool) async throws {
        try await TestNamespace.with { namespace in
            let release = try Layers("").release(namespace) { $0.stopPods() }
            try await namespace.deploy(release)
            var provider: any Provider = namespace.provider().provider
            if isFleet { provider = provider.forFleet() }
            let known = try await provider.releases.current(of: release.service)
            #expect(try await provider.releases.stand(known, of: release.service))
            _ = try await namespace.deployer().destroy(release.service, options: .init()) { _ in }
            try await namespace.deploy(release)
            #expect(try await namespace.history() == "1 deployed")
            #expect(known.map(\.revision) == [1])
            #expect(try await !provider.releases.stand(known, of: release.service))
        }
    }

    /// A destroy that is cut off amid the parts of the last release leaves a service that can be destroyed.
    @Test func aDestroyThatIsCutOffAmidAReleaseIsCompleted() async throws {
        try await TestNamespace.with { namespace in
            var limits = TestNamespace.limits
            limits.releasePart = 500
            let service = try namespace.service()
            try await namespace.deploy(
                Layers("").release(namespace) { $0.stopPods() }, with: namespace.provider(limits).provider)
            let count = try await secrets(namespace).count
            try #require(count > 2)
            // The inventory, and one part.
            let (cut, _) = namespace.provider(limits, cut: .before(3), warn: { _ in })
            try? await cut.releases.removeAll(of: service)
            #expect(try await secrets(namespace).count == count - 1)
            let (provider, _) = namespace.provider(limits, warn: { _ in })
            _ = try await namespace.deployer(provider).destroy(service, options: .init()) { _ in }
            #expect(try await secrets(namespace).isEmpty)
            await #expect(throws: Diagnostic.self) {
                try await namespace.deployer(provider).destroy(service, options: .init()) { _ in }
            }
        }
    }

    @Test func keepsNoSecretValues() async throws {
        try await TestNamespace.with { namespace in
            let value = "hunter2-\(UInt32.random(in: 0...UInt32.max))"
            _ = try await namespace.api.create(
                .secret, namespace: namespace.name,
                [
                    "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "credentials"],
                    "data": ["token": .string(Data(value.utf8).base64EncodedString())],
                ])
            let layer = "deployment:\n  env:\n    - {name: TOKEN, secret: {name: credentials, key: token}}\n"
            try await namespace.deploy(Layers(layer).release(namespace) { $0.stopPods() })
            let kept = try #require(
                try await namespace.provider().provider.releases.releases(of: namespace.service()).first)
            let text = JSONEmitter.emit(kept.document)
            #expect(text.contains("credentials"))
            #expect(!text.contains(value))
            #expect(!text.contains(Data(value.utf8).base64EncodedString()))
        }
    }

    @Test func deployingTheSameAgainWritesNothing() async throws {
        try await TestNamespace.with { namespace in
            let release = try Layers("").release(namespace)
            let (provider, traffic) = namespace.provider()
            try await namespace.deploy(release, with: provider)
            let first = traffic.sent.count
            traffic.forget()
            #expect(try await !namespace.deploy(release, with: provider).changed)
            #expect(traffic.sent.allSatisfy { $0.method == .get })
            // One for each object, and the history twice, the inventory, the workload.
            #expect(
                traffic.sent.count <= release.resources.count + 8, "\(first) requests at first, then \(traffic.sent)")
        }
    }

    @Test func theManifestsThatReachTheServerAreThoseThatWereRendered() async throws {
        try await TestNamespace.with { namespace in
            let layer = """
                networking: {ingress: {enabled: true, class: null}}
                deployment: {annotations: {team: data}, env: [{name: LOG, value: debug}]}
                scaling: {enabled: true, max_replicas: 3}
                security: {network_policies: {enabled: true}, rbac: {enabled: true}, pod_security: {enabled: true}}
                """
            let release = try Layers(layer).release(namespace)
            try await namespace.deploy(release, with: namespace.provider(TestNamespace.patientLimits).provider)
            #expect(release.resources.count > 8)
            for resource in release.resources where resource.identity.kind != "Namespace" {
                let type = try #require(try await namespace.servedType(of: resource))
                let live = try #require(try await namespace.live(type, resource.identity.name))
                let entry = live.value("metadata", "managedFields")?.sequence?.first {
                    $0["manager"]?.string == KubernetesAPI.fieldManager && $0["operation"]?.string == "Apply"
                }
                var manifest = try #require(resource.manifest.mapping)
                // They say which object it is.
                for key in ["apiVersion", "kind"] { manifest.remove(key) }
                var metadata = try #require(manifest["metadata"]?.mapping)
                for key in ["name", "namespace"] { metadata.remove(key) }
                manifest["metadata"] = .mapping(metadata)
                let difference = OwnedFields.difference(
                    try #require(entry?["fieldsV1"]), .mapping(manifest), live, at: "\(resource.identity)")
                #expect(difference.isEmpty)
            }
        }
    }
}

/// Compares what a manager owns of an object with the manifest that it should have applied.
///
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ (fieldsV1)
private enum OwnedFields {
    /// A line for each field that is owned and not in the manifest, or in it and not owned, or of another value.
    static func difference(_ owned: Node, _ manifest: Node, _ live: Node?, at place: String) -> [String] {
        let fields = (owned.mapping?.entries ?? []).filter { $0.key != "." }
        guard !fields.isEmpty else {
            return isSame(manifest, live) ? [] : ["\(place): \(JSONEmitter.emit(manifest)) became another value"]
        }
        var lines: [String] = []
        switch manifest.content {
        case .mapping(let entries):
            for entry in entries.entries {
                guard let inner = owned["f:\(entry.key)"] else {
                    if !isEmpty(entry.value) { lines.append("\(place).\(entry.key) is not owned") }
                    continue
                }
                lines += difference(inner, entry.value, live?[entry.key], at: "\(place).\(entry.key)")
            }
            for field in fields where entries[String(field.key.dropFirst(2))] == nil {
                lines.append("\(place) owns \(field.key), which was not rendered")
            }
        case .sequence(let items):
            if fields.count != items.count { lines.append("\(place): \(fields.count) owned of \(items.count)") }
            for field in fields where field.key.hasPrefix("k:") {
                let key = try? JSONParser.parse(String(field.key.dropFirst(2)), file: .unknown)
                let matches = { (item: Node) in
                    key?.mapping?.entries.allSatisfy { item[$0.key] == $0.value || item[$0.key] == nil } == true
                }
                guard let item = items.first(where: matches), let there = live?.sequence?.first(where: matches) else {
                    lines.append("\(place) owns \(field.key), which was not rendered")
                    continue
                }
                lines += difference(field.value, item, there, at: "\(place)[\(field.key)]")
            }
        default: lines.append("\(place) is not of the kind that is owned")
        }
        return lines
    }

    private static func isEmpty(_ node: Node) -> Bool {
        node.mapping?.isEmpty == true || node.sequence?.isEmpty == true || node.isNull
    }

    /// A quantity may be written otherwise; an object may have gained defaults.
    private static func isSame(_ manifest: Node, _ live: Node?) -> Bool {
        guard let live else { return isEmpty(manifest) }
        if manifest == live { return true }
        switch (manifest.content, live.content) {
        case (.mapping(let wanted), .mapping): return wanted.entries.allSatisfy { isSame($0.value, live[$0.key]) }
        case (.sequence(let wanted), .sequence(let there)):
            return wanted.count == there.count && zip(wanted, there).allSatisfy { isSame($0, $1) }
        default:
            let texts = [manifest, live].map { $0.string ?? JSONEmitter.emit($0) }.map(Quantity.init)
            return texts[0] != nil && texts[0] == texts[1]
        }
    }
}

extension TestNamespace {
    fileprivate func servedType(of resource: Resource) async throws -> ResourceType? {
        let identity = resource.identity
        let older = ["autoscaling/v2": "autoscaling/v2beta2", "policy/v1": "policy/v1beta1"]
        for version in [identity.apiVersion, older[identity.apiVersion] ?? ""] {
            if let type = try await discovery.type(apiVersion: version, kind: identity.kind) { return type }
        }
        return nil
    }
}
