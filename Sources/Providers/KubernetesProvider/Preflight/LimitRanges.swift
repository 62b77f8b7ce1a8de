import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// What the LimitRanges of a namespace make of a pod: the amounts that they fill in, and the bounds that they set.
///
/// The server judges pods when it makes them, long after it has taken their Deployment: a rollout would wait for pods
/// that never come. https://kubernetes.io/docs/concepts/policy/limit-range/
struct LimitRanges: Sendable {
    /// One entry of `spec.limits`.
    private struct Item: Sendable {
        let owner: String
        /// `Container` or `Pod`; claims are judged by the server's dry run.
        let type: String
        let minimum: [String: Int]
        let maximum: [String: Int]
        /// Thousandths.
        let ratio: [String: Int]
        let limits: Node?
        let requests: Node?
    }

    private let items: [Item]

    init(_ ranges: [Node]) {
        items = ranges.flatMap { range in
            (range.value("spec", "limits")?.sequence ?? []).map { item in
                Item(
                    owner: range.objectName, type: item["type"]?.string ?? "",
                    minimum: PodShape.amounts(item["min"]), maximum: PodShape.amounts(item["max"]),
                    ratio: PodShape.amounts(item["maxLimitRequestRatio"]), limits: item["default"],
                    requests: item["defaultRequest"])
            }
        }
    }

    // MARK: Filling in

    /// The `spec` of a pod with the amounts that it is given where it names none.
    func filled(_ pod: Node) -> Node {
        guard var fields = pod.mapping else { return pod }
        for list in ["initContainers", "containers"] {
            guard let containers = fields[list]?.sequence else { continue }
            fields[list] = .sequence(containers.map(filledContainer))
        }
        return .mapping(fields, at: pod.location)
    }

    private func filledContainer(_ container: Node) -> Node {
        guard var fields = container.mapping else { return container }
        var limits = container.value("resources", "limits")?.mapping ?? Mapping()
        var requests = container.value("resources", "requests")?.mapping ?? Mapping()
        // What has a limit alone asks for that much, before any default is looked at.
        for entry in limits.entries where requests[entry.key] == nil { requests[entry.key] = entry.value }
        for item in items where item.type == "Container" {
            for entry in item.limits?.mapping?.entries ?? [] where limits[entry.key] == nil {
                limits[entry.key] = entry.value
            }
            for entry in item.requests?.mapping?.entries ?? [] where requests[entry.key] == nil {
                requests[entry.key] = entry.value
            }
        }
        var resources = Mapping()
        if !limits.isEmpty { resources["limits"] = .mapping(limits) }
        if !requests.isEmpty { resources["requests"] = .mapping(requests) }
        if !resources.isEmpty { fields["resources"] = .mapping(resources) }
        return .mapping(fields, at: container.location)
    }

    // MARK: Bounds

    /// What keeps the pods of a rollout from being made.
    func problems(_ rollout: PlannedRollout) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for list in ["initContainers", "containers"] {
            for (index, container) in (rollout.pod[list]?.sequence ?? []).enumerated() {
                let subject = Subject(
                    words: "container `\(container["name"]?.string ?? "\(index)")`",
                    requests: PodShape.requests(container),
                    limits: PodShape.amounts(container.value("resources", "limits")),
                    place: NodePath(keys: [list]).appending(index), rollout: rollout)
                problems += crossed(subject)
                for item in items where item.type == "Container" { problems += self.problems(item, subject) }
            }
        }
        let pod = Subject(
            words: "a pod of \(rollout.workload.identity.kind) `\(rollout.workload.identity.name)`",
            requests: rollout.shape.requests, limits: rollout.shape.limits,
            place: PlannedRollout.firstContainer, rollout: rollout)
        for item in items where item.type == "Pod" { problems += self.problems(item, pod) }
        return problems
    }

    /// A container or a pod, as the server will make it.
    private struct Subject {
        let words: String
        let requests: [String: Int]
        let limits: [String: Int]
        /// The container that a problem is told at.
        let place: NodePath
        let rollout: PlannedRollout

        func problem(
            _ what: String, _ resource: String, isLimit: Bool, why: String, fix: String
        ) -> Diagnostic {
            Diagnostic(
                .error, .limitRange, "\(words) \(what)",
                at: rollout.location(
                    of: resource, in: isLimit ? ["limits", "requests"] : ["requests", "limits"], container: place),
                why: why, fix: fix)
        }
    }

    /// A default that is less than what is asked for: the server refuses such a pod altogether.
    private func crossed(_ subject: Subject) -> [Diagnostic] {
        subject.limits.sorted { $0.key < $1.key }.compactMap { resource, limit in
            guard let request = subject.requests[resource], request > limit,
                let item = items.first(where: { $0.type == "Container" && PodShape.amounts($0.limits)[resource] != nil }
                )
            else { return nil }
            return subject.problem(
                "asks for more \(resource) than the limit that it is given", resource, isLimit: false,
                why: "LimitRange `\(item.owner)` gives a limit of \(Amount.text(limit, resource)) to containers without"
                    + " one; \(Amount.text(request, resource)) is asked for",
                fix: "set \(ConfigurationKey.of(resource, isLimit: true)) to \(Amount.text(request, resource)) or more")
        }
    }

    /// https://github.com/kubernetes/kubernetes/blob/v1.30.0/plugin/pkg/admission/limitranger/admission.go
    private func problems(_ item: Item, _ subject: Subject) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for (resource, bound) in item.minimum.sorted(by: { $0.key < $1.key }) {
            let bounds =
                "LimitRange `\(item.owner)` sets a minimum of \(Amount.text(bound, resource)) for each \(each(item))"
            if let request = subject.requests[resource] {
                if request >= bound { continue }
                problems.append(
                    subject.problem(
                        "asks for too little \(resource)", resource, isLimit: false,
                        why: "\(bounds); \(Amount.text(request, resource)) is asked for",
                        fix: "set \(ConfigurationKey.of(resource, isLimit: false)) to"
                            + " \(Amount.text(bound, resource)) or more"))
            } else {
                problems.append(
                    subject.problem(
                        "has to ask for \(resource)", resource, isLimit: false, why: bounds,
                        fix: "set \(ConfigurationKey.of(resource, isLimit: false))"))
            }
        }
        for (resource, bound) in item.maximum.sorted(by: { $0.key < $1.key }) {
            let bounds =
                "LimitRange `\(item.owner)` sets a maximum of \(Amount.text(bound, resource)) for each \(each(item))"
            guard let limit = subject.limits[resource] else {
                problems.append(
                    subject.problem(
                        "has to have a limit of \(resource)", resource, isLimit: true, why: bounds,
                        fix: "set \(ConfigurationKey.of(resource, isLimit: true))"))
                continue
            }
            let most = max(limit, subject.requests[resource] ?? 0)
            guard most > bound else { continue }
            problems.append(
                subject.problem(
                    "may have at most \(Amount.text(bound, resource)) of \(resource) here", resource, isLimit: true,
                    why: "\(bounds); \(Amount.text(most, resource)) is configured",
                    fix: "set \(ConfigurationKey.of(resource, isLimit: (subject.requests[resource] ?? 0) <= bound)) to"
                        + " \(Amount.text(bound, resource)) or less"))
        }
        for (resource, bound) in item.ratio.sorted(by: { $0.key < $1.key }) {
            guard let limit = subject.limits[resource], let request = subject.requests[resource], request > 0,
                Double(limit) / Double(request) > Double(bound) / 1000
            else { continue }
            let times = Amount.text(bound, "ratio")
            problems.append(
                subject.problem(
                    "has a limit of \(resource) too far above what it asks for", resource, isLimit: true,
                    why: "LimitRange `\(item.owner)` allows \(times) times as much for each \(each(item)):"
                        + " \(Amount.text(limit, resource)) is the limit,"
                        + " \(Amount.text(request, resource)) is asked for",
                    fix: "raise \(ConfigurationKey.of(resource, isLimit: false)) or lower"
                        + " \(ConfigurationKey.of(resource, isLimit: true))"))
        }
        return problems
    }

    private func each(_ item: Item) -> String { item.type == "Pod" ? "pod" : "container" }
}

extension Diagnostic.Code {
    static let limitRange = Self("kubernetes.limit-range", .failed)
}
