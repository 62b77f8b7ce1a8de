import ControlPlane
import DeploymentEngine
import Documents
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// Logs that are followed while pods come and go.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct LogFollowTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[(replica: String, text: String)]>([])
        private let hasEnded = Mutex(false)

        func read(_ stream: AsyncThrowingStream<LogLine, any Error>) async throws {
            for try await line in stream { lines.withLock { $0.append((line.replica, line.text)) } }
            hasEnded.withLock { $0 = true }
        }

        var replicas: Set<String> { Set(lines.withLock(\.self).map(\.replica)) }
        var isOver: Bool { hasEnded.withLock(\.self) }

        func count(of text: String, in replica: String? = nil) -> Int {
            lines.withLock(\.self).count { $0.text.contains(text) && (replica == nil || $0.replica == replica) }
        }
    }

    private static func release(_ namespace: TestNamespace, image: String) throws -> Release {
        try Layers("deployment: {image: 'registry.example.com/demo:\(image)'}\n").release(namespace)
    }

    @Test func podsThatComeLaterAreJoinedUntilTheServiceGoes() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace, image: "1"))
            let lines = Lines()
            let (provider, _) = namespace.provider()
            let service = try namespace.service()
            let following = Task {
                try await lines.read(provider.logs(of: service, replica: nil, tail: 1, follow: true))
            }
            try await eventually { lines.replicas.count == 1 }
            let first = try #require(lines.replicas.first)
            try await namespace.deploy(Self.release(namespace, image: "2"))
            try await eventually { lines.replicas.count == 2 }
            // Of what runs already only the last line, of what comes later all of them.
            let second = try #require(lines.replicas.first { $0 != first })
            try await eventually { lines.count(of: "listening on", in: second) == 1 }
            #expect(lines.count(of: "listening on", in: first) == 0)
            #expect(!lines.isOver)
            _ = try await namespace.deployer().destroy(service, options: .init()) { _ in }
            try await following.value
            #expect(lines.isOver)
        }
    }

    @Test func oneReplicaIsFollowedUntilItIsGone() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace, image: "1"))
            let lines = Lines()
            let (provider, _) = namespace.provider()
            let service = try namespace.service()
            let pod = try #require(
                try await namespace.api.list(Selection(.pod, namespace: namespace.name)).items.first?.objectName)
            let following = Task {
                try await lines.read(provider.logs(of: service, replica: pod, tail: 1, follow: true))
            }
            try await eventually { lines.replicas == [pod] }
            try await namespace.deploy(Self.release(namespace, image: "2"))
            try await following.value
            #expect(lines.replicas == [pod])
        }
    }

    /// A kubelet that is started again answers so for a moment.
    @Test func aStreamThatFailsIsTakenUpAgain() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace, image: "1"))
            let failures = Mutex(2)
            let (provider, _) = namespace.provider(by: { client in
                Detour(base: client) { path in
                    guard path.hasSuffix("/log") else { return nil }
                    return failures.withLock { left in
                        left -= 1
                        return left >= 0 ? .status(502, "") : nil
                    }
                }
            })
            let lines = Lines()
            let service = try namespace.service()
            let following = Task {
                try await lines.read(provider.logs(of: service, replica: nil, tail: nil, follow: true))
            }
            try await eventually { lines.count(of: "listening on") == 1 }
            #expect(failures.withLock(\.self) < 0)
            following.cancel()
            try await following.value
        }
    }

    @Test func aContainerThatIsStartedAgainIsFollowedOn() async throws {
        try await TestNamespace.with { namespace in
            let lines = Lines()
            let (provider, _) = namespace.provider()
            let service = try namespace.service()
            _ = try await namespace.verdict(on: Self.release(namespace, image: "crash"))
            let following = Task {
                try await lines.read(provider.logs(of: service, replica: nil, tail: nil, follow: true))
            }
            try await eventually { lines.count(of: "KeyError: 'SCHEMA_URI'") > 1 }
            #expect(lines.replicas.count == 1)
            following.cancel()
            try await following.value
        }
    }

    /// Its log is asked for when the next run has begun, whose lines are what a pod answers with.
    @Test func aRunThatHasEndedIsReadFromTheOneBefore() async throws {
        try await TestNamespace.with { namespace in
            let service = try namespace.service()
            _ = try await namespace.verdict(on: Self.release(namespace, image: "crash"))
            let status = { @Sendable () async throws -> Node? in
                let pods = try await namespace.api.list(Selection(.pod, namespace: namespace.name))
                return pods.items.first?.value("status", "containerStatuses")?.sequence?.first
            }
            let before = { @Sendable (status: Node?) in
                status?.value("lastState", "terminated", "containerID")?.string
            }
            let isHeld = Mutex(false)
            let (provider, traffic) = namespace.provider(meanwhile: { request in
                guard request.method == .get, request.path.contains("/pods/"),
                    isHeld.withLock({ was in
                        defer { was = true }
                        return !was
                    })
                else { return }
                let first = try? await status()
                let run = first?.value("state", "waiting") == nil ? first?["containerID"]?.string : before(first)
                var now = first
                while !Task.isCancelled, now?["containerID"]?.string == run {
                    try? await Task.sleep(for: .milliseconds(50))
                    now = (try? await status()) ?? now
                }
                // On a busy machine two have begun meanwhile: the next one is held instead.
                if before(now) != run { isHeld.withLock { $0 = false } }
            })
            let lines = Lines()
            let following = Task {
                try await lines.read(provider.logs(of: service, replica: nil, tail: nil, follow: true))
            }
            // Of that run, and of the next one, which the pod has told of meanwhile.
            try await eventually {
                let asked = traffic.sent.filter { $0.path.hasSuffix("/log") }
                return asked.contains { $0.query.contains("previous=true") }
                    && lines.count(of: "KeyError: 'SCHEMA_URI'") > 1
            }
            following.cancel()
            try await following.value
        }
    }
}
