import Documents
import KubernetesClient
import ServiceModel

/// The exact objects that deployments of one service have made, whatever became of their configuration.
///
/// Only what stands here is ever deleted. An object is listed before it is made, so that a deployment that
/// is killed leaves nothing unlisted; its UID is added afterwards.
struct Inventory: Sendable {
    struct Item: Sendable, Hashable {
        let identity: Resource.Identity
        /// Nil until it has been made.
        var uid: String?
    }

    var items: [Item]
    /// Of the release whose objects were all written last; nil where that is not known.
    var revision: Int?

    init(_ items: [Item] = [], revision: Int? = nil) {
        self.items = items
        self.revision = revision
    }

    func item(_ identity: Resource.Identity) -> Item? {
        items.first { $0.identity.isSameObject(identity) }
    }

    /// Adds what is not listed yet, and learns UIDs.
    mutating func add(_ identity: Resource.Identity, uid: String?) {
        if let index = items.firstIndex(where: { $0.identity.isSameObject(identity) }) {
            items[index] = Item(identity: identity, uid: uid ?? items[index].uid)
        } else {
            items.append(Item(identity: identity, uid: uid))
        }
    }

    /// What is made anew gets another UID.
    mutating func forgetUID(of identity: Resource.Identity) {
        guard let index = items.firstIndex(where: { $0.identity.isSameObject(identity) }) else { return }
        items[index].uid = nil
    }

    mutating func remove(_ identity: Resource.Identity) {
        items.removeAll { $0.identity.isSameObject(identity) }
    }
}

extension Inventory: Equatable {}

extension Inventory {
    var document: Node {
        .sequence(
            items.map { item in
                var entry = Mapping()
                entry["apiVersion"] = .string(item.identity.apiVersion)
                entry["kind"] = .string(item.identity.kind)
                if let namespace = item.identity.namespace { entry["namespace"] = .string(namespace) }
                entry["name"] = .string(item.identity.name)
                if let uid = item.uid { entry["uid"] = .string(uid) }
                return .mapping(entry)
            })
    }

    /// Nil for anything but what ``document`` gives.
    init?(document: Node) {
        guard let entries = document.sequence else { return nil }
        var items: [Item] = []
        for entry in entries {
            guard let apiVersion = entry["apiVersion"]?.string, let kind = entry["kind"]?.string,
                let name = entry["name"]?.string
            else { return nil }
            items.append(
                Item(
                    identity: Resource.Identity(
                        apiVersion: apiVersion, kind: kind, namespace: entry["namespace"]?.string, name: name),
                    uid: entry["uid"]?.string))
        }
        self.init(items)
    }
}

extension Resource.Identity {
    /// Without the version.
    var group: String { apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : "" }

    /// Whether both name one object, perhaps in two versions of its kind.
    func isSameObject(_ other: Resource.Identity) -> Bool {
        group == other.group && kind == other.kind && namespace == other.namespace && name == other.name
    }
}
