import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Fits desired objects to the versions that a server serves.
///
/// Templates write today's versions. A server that only has an older one with the same fields gets that one;
/// a server that has none is told of before anything is written.
struct ServerVersions {
    /// Older versions in which everything that the templates write means the same.
    private static let older: [String: [String]] = [
        "autoscaling/v2 HorizontalPodAutoscaler": ["autoscaling/v2beta2"],
        "policy/v1 PodDisruptionBudget": ["policy/v1beta1"],
    ]

    let types: ServedTypes

    /// - Throws: ``DiagnosticReport`` with every kind that the server lacks.
    func objects(for resources: [Resource]) throws(DiagnosticReport) -> [DesiredObject] {
        var problems = DiagnosticCollector()
        var objects: [DesiredObject] = []
        for resource in resources {
            let identity = resource.identity
            let versions = [identity.apiVersion] + (Self.older["\(identity.apiVersion) \(identity.kind)"] ?? [])
            if let type = versions.lazy.compactMap({ types.type(apiVersion: $0, kind: identity.kind) }).first {
                objects.append(DesiredObject(resource, as: type))
            } else {
                problems.report(missing(identity, resource.manifest))
            }
        }
        try problems.throwIfErrors()
        return objects
    }

    private func missing(_ identity: Resource.Identity, _ manifest: Node) -> Diagnostic {
        let place = manifest["apiVersion"]?.location ?? manifest.location
        let served = types.versions(group: identity.group, kind: identity.kind).map(\.apiVersion)
        if !served.isEmpty {
            return Diagnostic(
                .error, .kindNotServed, "the server does not serve \(identity.kind) of \(identity.apiVersion)",
                at: place,
                why: "it serves \(served.joined(separator: ", ")), with other fields",
                fix: "use a newer cluster, or switch off what needs it")
        }
        if KnownGroups.belongsToKubernetes(identity.group) {
            return Diagnostic(
                .error, .kindNotServed, "the server does not serve \(identity.kind) of \(identity.apiVersion)",
                at: place,
                why: "it serves no version of it", fix: "use a newer cluster, or switch off what needs it")
        }
        let definition = "\(KnownGroups.plural(of: identity.kind)).\(identity.group)"
        let bringer = KnownGroups.bringer(of: identity.group)
        return Diagnostic(
            .error, .kindNotServed, "the server does not serve \(identity.kind) of \(identity.apiVersion)", at: place,
            why: "there is no CustomResourceDefinition `\(definition)`, which \(identity) needs",
            fix: "install \(bringer ?? "what brings it"), or take the template out that makes the object")
    }
}

extension Diagnostic.Code {
    static let kindNotServed = Self("kubernetes.kind-not-served", .failed)
}
