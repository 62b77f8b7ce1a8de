import Diagnostics
import Documents
import Testing

@testable import KubernetesProvider

/// LimitRanges that are written down: what they fill in, and what they refuse.
@Suite struct LimitRangeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Entries of `spec.limits`.
        var limits: String
        var pod = Rollouts.pod("{cpu: 100m, memory: 64Mi}", limits: "{memory: 64Mi}")
        var what: [String] = []
        var why = ""
        var fix = ""

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "within all bounds", limits: "{type: Container, min: {cpu: 50m}, max: {memory: 1Gi}}"),
        Case(
            name: "less than the minimum", limits: "{type: Container, min: {cpu: 200m}}",
            what: ["container `workload` asks for too little cpu"],
            why: "LimitRange `range` sets a minimum of 200m for each container; 100m is asked for",
            fix: "set resources.cpu to 200m or more"),
        Case(
            name: "nothing where there is a minimum", limits: "{type: Container, min: {ephemeral-storage: 1Gi}}",
            what: ["container `workload` has to ask for ephemeral-storage"], fix: "set resources.ephemeral_storage"),
        Case(
            name: "more than the maximum", limits: "{type: Container, max: {memory: 32Mi}}",
            what: ["container `workload` may have at most 32Mi of memory here"],
            why: "a maximum of 32Mi for each container; 64Mi is configured",
            fix: "set resources.memory to 32Mi or less"),
        Case(
            name: "no limit where there is a maximum", limits: "{type: Container, max: {cpu: 2}}",
            what: ["container `workload` has to have a limit of cpu"], fix: "set resources.limits.cpu"),
        Case(
            name: "a default keeps the maximum", limits: "{type: Container, max: {cpu: 2}, default: {cpu: 1}}"),
        Case(
            name: "a default below what is asked for", limits: "{type: Container, default: {cpu: 50m}}",
            what: ["container `workload` asks for more cpu than the limit that it is given"],
            why: "LimitRange `range` gives a limit of 50m to containers without one; 100m is asked for",
            fix: "set resources.limits.cpu to 100m or more"),
        Case(
            name: "too far above what is asked for",
            limits: "{type: Container, default: {cpu: 1}, maxLimitRequestRatio: {cpu: 4}}",
            what: ["container `workload` has a limit of cpu too far above what it asks for"],
            why: "allows 4 times as much for each container: 1 is the limit, 100m is asked for",
            fix: "raise resources.cpu or lower resources.limits.cpu"),
        Case(
            name: "as far above as is allowed",
            limits: "{type: Container, default: {cpu: 400m}, maxLimitRequestRatio: {cpu: 4}}"),
        Case(
            name: "all containers together", limits: "{type: Pod, max: {memory: 100Mi}}",
            pod:
                "{containers: [{name: a, resources: {limits: {memory: 64Mi}}}, {name: b, resources: {limits: {memory: 64Mi}}}]}",
            what: ["a pod of Deployment `demo` may have at most 100Mi of memory here"],
            why: "for each pod; 128Mi is configured"),
        Case(
            name: "an init container", limits: "{type: Container, max: {memory: 100Mi}}",
            pod:
                "{initContainers: [{name: first, resources: {limits: {memory: 1Gi}}}], containers: [{name: a, resources: {limits: {memory: 64Mi}}}]}",
            what: ["container `first` may have at most 100Mi of memory here"]),
        Case(name: "claims are not pods", limits: "{type: PersistentVolumeClaim, max: {storage: 1Gi}}"),
    ]

    private static func range(_ limits: String) throws -> Node {
        try Rollouts.yaml("{metadata: {name: range}, spec: {limits: [\(limits)]}}")
    }

    @Test(arguments: cases) func aPodIsWithinBoundsOrNot(_ given: Case) throws {
        let range = try Self.range(given.limits)
        let problems = LimitRanges([range]).problems(try Rollouts.rollout(pod: given.pod, ranges: [range]))
        #expect(problems.map(\.what) == given.what)
        #expect(Rollouts.has(problems.first?.why, given.why), "\(problems)")
        #expect(Rollouts.has(problems.first?.fix, given.fix), "\(problems)")
        #expect(problems.allSatisfy { $0.location?.isKnown == true })
    }

    @Test func whatIsFilledInCountsForNodesAndQuotas() throws {
        let range = try Self.range(
            "{type: Container, default: {cpu: 2, memory: 1Gi}, defaultRequest: {cpu: 1, memory: 1Gi}}")
        let rollout = try Rollouts.rollout(pod: Rollouts.pod("{}", limits: "{memory: 64Mi}"), ranges: [range])
        #expect(rollout.shape.requests["cpu"] == 1000)
        #expect(rollout.shape.limits["cpu"] == 2000)
        // A limit alone is asked for, whatever the default.
        #expect(rollout.shape.requests["memory"] == (64 << 20) * 1000)
        let quota = QuotaFit(try Rollouts.yaml("{metadata: {name: quota}, status: {hard: {limits.cpu: 1}}}"))
        #expect(
            quota.problems(rollout, running: 0).map(\.what) == [
                "1 more pod exceeds the namespace's quota of limits.cpu"
            ])
    }
}
