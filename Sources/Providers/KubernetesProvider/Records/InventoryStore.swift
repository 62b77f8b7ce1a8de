import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Keeps a service's inventory in a ConfigMap beside it.
struct InventoryStore: Sendable {
    private static let key = "inventory.json"
    static let record = "inventory"

    let api: KubernetesAPI

    static func name(of service: ServiceIdentity) -> String { "synthdata-inventory.\(service.name)" }

    /// Empty where none is kept.
    ///
    /// - Throws: ``Diagnostic`` when it was changed by hand into something else: nothing is deleted on the
    ///   strength of a guess.
    func read(_ service: ServiceIdentity) async throws -> Inventory {
        guard
            let object = try await api.get(
                .configMap, namespace: service.namespace, name: Self.name(of: service))
        else { return Inventory() }
        guard let text = object.value("data", Self.key)?.string,
            let document = try? JSONParser.parse(text, file: SourceFile(Self.name(of: service))),
            var inventory = Inventory(document: document)
        else {
            throw Diagnostic(
                .error, .malformedInventory, "the inventory of `\(service.name)` cannot be read",
                why: "ConfigMap \(service.namespace)/\(Self.name(of: service)) lists what may be deleted",
                fix: "restore its `\(Self.key)`; or delete it: what was removed from the configuration meanwhile"
                    + " then stays")
        }
        inventory.revision = Self.revision(of: object)
        return inventory
    }

    static func revision(of object: Node) -> Int? {
        object.value("metadata", "labels", RecordMetadata.revisionLabel)?.string.flatMap { Int($0) }
    }

    func write(_ inventory: Inventory, of service: ServiceIdentity) async throws {
        let manifest: Node = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": RecordMetadata.of(
                service, name: Self.name(of: service),
                labels: [(RecordMetadata.recordLabel, Self.record)]
                    + (inventory.revision.map { [(RecordMetadata.revisionLabel, "\($0)")] } ?? [])),
            "data": .mapping(
                Mapping(uniqueEntries: [.init(Self.key, .string(JSONEmitter.emit(inventory.document)))])),
        ]
        _ = try await api.apply(.configMap, manifest, .init(takesOwnership: true))
    }

    func remove(_ service: ServiceIdentity) async throws {
        _ = try await api.delete(
            .configMap, namespace: service.namespace, name: Self.name(of: service), uid: nil)
    }
}

extension Diagnostic.Code {
    static let malformedInventory = Self("kubernetes.malformed-inventory", .failed)
}
