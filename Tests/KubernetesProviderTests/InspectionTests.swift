import ControlPlane
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
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
            let end = ContinuousClock.now + .seconds(40)
            while !found.conditions.contains(where: { $0.subject == "HorizontalPodAutoscaler/demo" }),
                ContinuousClock.now < end
            {
                try await Task.sleep(for: .milliseconds(500))
                found = try #require(try await provider.inspect(namespace.service()))
            }
            #expect(found.conditions.contains { $0.subject == "HorizontalPodAutoscaler/demo" })
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
            #expect(found.problem?.location?.short == place)
            #expect(found.problem?.notes.contains { $0.message.contains("KeyError") } == true)
            #expect(found.events.contains { $0.isWarning && $0.reason == "BackOff" })
            // The other service's are its own.
            #expect(!found.events.contains { $0.subject.contains("demo-other") })
            // Of the two revisions' pods, each is told by its own.
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
