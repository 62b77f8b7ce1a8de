import ControlPlane
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// One service in detail.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct InspectionTests {
    @Test func tellsWhatTheClusterSaysOfAHealthyService() async throws {
        try await TestNamespace.with { namespace in
            let layer = """
                scaling: {enabled: true, min_replicas: 2, max_replicas: 5}
                deployment: {replicas: 2}

                """
            try await namespace.deploy(Layers(layer).release(namespace))
            let provider = namespace.provider().provider
            var found = try #require(try await provider.inspect(namespace.service()))
            #expect(found.status.state == .healthy)
            #expect(found.problem == nil)
            #expect(found.status.replicas.count == 2)
            #expect(found.status.replicas.allSatisfy { $0.node != nil && $0.revision == 1 && $0.started != nil })
            #expect(found.conditions.contains { $0.subject == "Deployment/demo" && $0.type == "Available" })
            // The autoscaler looks every 15 seconds.
            try await eventually {
                found = try #require(try await provider.inspect(namespace.service()))
                return found.conditions.contains { $0.subject == "HorizontalPodAutoscaler/demo" }
            }
            #expect(found.events.contains { $0.subject.hasPrefix("Pod/demo-") && $0.reason == "Scheduled" })
            #expect(found.events.map(\.time) == found.events.map(\.time).sorted(by: >))
        }
    }

    @Test func namesTheLineBehindWhatIsWrong() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Layers("").release(namespace))
            try await namespace.deploy(Layers("").release(namespace, name: "demo-other"))
            let crashing = Layers("deployment:\n  image: registry.example.com/demo:crash\n")
            await #expect(throws: Diagnostic.self) { try await namespace.deploy(crashing.release(namespace)) }
            let found = try #require(try await namespace.provider().provider.inspect(namespace.service()))
            #expect(found.status.state == .degraded)
            #expect(found.problem?.code.name == "service.unhealthy")
            let place = try crashing.place(of: "registry")
            #expect(found.problem?.location?.short == place, "\(String(describing: found.problem))")
            #expect(found.problem?.notes.contains { $0.message.contains("KeyError") } == true)
            #expect(found.events.contains { $0.isWarning && $0.reason == "BackOff" })
            // The other service's are its own.
            #expect(!found.events.contains { $0.subject.contains("demo-other") })
            // Which revision the pods of the old ReplicaSet are of is not known.
            #expect(Set(found.status.replicas.map(\.revision)) == [0, 2])
        }
    }

    @Test func thereIsNothingToSayOfWhatIsNotThere() async throws {
        try await TestNamespace.with { namespace in
            let found = try await namespace.provider().provider.inspect(namespace.service())
            #expect(found == nil)
        }
    }
}
