import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Looks whether what the objects refer to is there: Secrets and keys in them, classes of storage, ingress, runtime and
/// priority.
struct ReferenceCheck: Sendable {
    let cluster: Cluster
    let service: ServiceIdentity

    private struct Reference: Sendable {
        let type: ResourceType
        let namespace: String?
        let name: String
        /// Of a Secret or ConfigMap; nil where any will do.
        let key: String?
        let location: SourceLocation
        let fix: String
    }

    func problems(_ objects: [DesiredObject]) async throws -> [Diagnostic] {
        let own = Set(objects.map { "\($0.identity.kind)/\($0.identity.name)" })
        var references: [Reference] = []
        for object in objects { references += try await self.references(of: object) }
        let missing = try await cluster.concurrently(references.filter { !own.contains("\($0.type.kind)/\($0.name)") })
        {
            try await problem(with: $0)
        }
        return missing.compactMap(\.self)
    }

    private func problem(with reference: Reference) async throws -> Diagnostic? {
        let found = try await Preflight.looking { () -> (exists: Bool, hasKey: Bool) in
            let object = try await cluster.api.get(
                reference.type, namespace: reference.namespace, name: reference.name)
            let hasKey = reference.key.map { object?.value("data", $0) != nil } ?? true
            return (object != nil, hasKey)
        }
        guard let found, !(found.exists && found.hasKey) else { return nil }
        let what =
            found.exists
            ? "\(reference.type.kind) `\(reference.name)` has no key `\(reference.key ?? "")`"
            : "there is no \(reference.type.kind) `\(reference.name)`"
        return Diagnostic(
            .error, .missingReference, what, at: reference.location,
            why: reference.namespace.map { "looked for in the namespace `\($0)`" }, fix: reference.fix)
    }

    // MARK: Finding

    private func references(of object: DesiredObject) async throws -> [Reference] {
        let manifest = object.manifest
        switch object.identity.kind {
        case "Deployment": return try await podReferences(manifest.value("spec", "template", "spec") ?? .null)
        case "PersistentVolumeClaim":
            return try await named(
                manifest.value("spec", "storageClassName"), "storage.k8s.io/v1", "StorageClass",
                fix: "`kubectl get storageclass` lists them; set storage.storage_class")
        case "Ingress":
            return try await named(
                manifest.value("spec", "ingressClassName"), "networking.k8s.io/v1", "IngressClass",
                fix: "`kubectl get ingressclass` lists them; set networking.ingress.class")
        default: return []
        }
    }

    private func podReferences(_ pod: Node) async throws -> [Reference] {
        var references: [Reference] = []
        for container in (pod["initContainers"]?.sequence ?? []) + (pod["containers"]?.sequence ?? []) {
            for variable in container["env"]?.sequence ?? [] {
                references += keyed(variable.value("valueFrom", "secretKeyRef"), .secret)
                references += keyed(variable.value("valueFrom", "configMapKeyRef"), .configMap)
            }
        }
        for volume in pod["volumes"]?.sequence ?? [] {
            if let secret = volume["secret"], secret["optional"]?.bool != true {
                references += object(secret["secretName"], .secret)
            }
        }
        for secret in pod["imagePullSecrets"]?.sequence ?? [] { references += object(secret["name"], .secret) }
        references += try await named(
            pod["runtimeClassName"], "node.k8s.io/v1", "RuntimeClass",
            fix: "`kubectl get runtimeclass` lists them; set scheduling.runtime_class")
        references += try await named(
            pod["priorityClassName"], "scheduling.k8s.io/v1", "PriorityClass",
            fix: "`kubectl get priorityclass` lists them; set scheduling.priority_class")
        return references
    }

    private func keyed(_ reference: Node?, _ type: ResourceType) -> [Reference] {
        guard let reference, reference["optional"]?.bool != true, let name = reference["name"] else { return [] }
        return object(name, type, key: reference["key"]?.string)
    }

    private func object(_ name: Node?, _ type: ResourceType, key: String? = nil) -> [Reference] {
        guard let name, let text = name.string else { return [] }
        return [
            Reference(
                type: type, namespace: service.namespace, name: text, key: key, location: name.location,
                fix: "create it, or take it out of the configuration")
        ]
    }

    /// A reference to an object of the whole cluster, where the server has that kind.
    private func named(_ name: Node?, _ apiVersion: String, _ kind: String, fix: String) async throws -> [Reference] {
        guard let name, let text = name.string, !text.isEmpty,
            let type = try await cluster.discovery.types().type(apiVersion: apiVersion, kind: kind)
        else { return [] }
        return [Reference(type: type, namespace: nil, name: text, key: nil, location: name.location, fix: fix)]
    }
}

extension Diagnostic.Code {
    static let missingReference = Self("kubernetes.missing-reference", .failed)
}
