import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Who manages which fields of a live object, as its `metadata.managedFields` say.
///
/// https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
struct FieldManagers {
    private struct Entry {
        let author: FieldAuthor
        let fields: Node
    }

    /// Newest first.
    private let entries: [Entry]

    init(of object: Node) {
        let managed = object.value("metadata", "managedFields")?.sequence ?? []
        entries = managed.compactMap { entry -> Entry? in
            guard let manager = entry["manager"]?.string, let fields = entry["fieldsV1"],
                entry["subresource"]?.string != "status"
            else { return nil }
            return Entry(author: FieldAuthor(manager: manager, time: entry["time"]?.string), fields: fields)
        }.sorted { ($0.author.time ?? "") > ($1.author.time ?? "") }
    }

    /// Who set a field, the latest first; nil where nobody says.
    ///
    /// - Parameters:
    ///   - path: in the live object.
    ///   - mayBeOurs: whether this tool can have set it since. Where it cannot, a field that is listed as its own was
    ///     set by a way that keeps no account, as the subresource `scale` before Kubernetes 1.23.
    func author(of path: NodePath, in object: Node, mayBeOurs: Bool) -> FieldAuthor? {
        let owners = owners(of: path, in: object)
        return owners.first { !Self.isOurs($0) } ?? (mayBeOurs ? owners.first : nil)
    }

    /// Somebody who is neither this tool nor a controller that writes notes of its own.
    func stranger(at path: NodePath, in object: Node) -> FieldAuthor? {
        owners(of: path, in: object).first { !Self.isOurs($0) && !Self.isController($0) }
    }

    /// Whether the number of replicas is an autoscaler's.
    ///
    /// The horizontal autoscaler writes as the controller manager, which it is a part of; what a person scales
    /// is that person's.
    static func isAutoscaler(_ author: FieldAuthor?, _ path: NodePath) -> Bool {
        guard let manager = author?.manager else { return false }
        let ofReplicas = path == AutoscalerHandover.path && manager == "kube-controller-manager"
        return ofReplicas || manager.contains("autoscaler") || manager.hasPrefix("vpa-") || manager.contains("keda")
    }

    private static func isOurs(_ author: FieldAuthor) -> Bool { isOurs(author.manager) }

    private static func isOurs(_ manager: String) -> Bool {
        manager == KubernetesAPI.fieldManager || manager == AutoscalerHandover.manager
    }

    private static func isController(_ author: FieldAuthor) -> Bool {
        author.manager == "kube-controller-manager" || author.manager == "kube-apiserver"
            || author.manager == "kubelet" || author.manager == "before-first-apply"
            || isAutoscaler(author, NodePath())
    }

    private func owners(of path: NodePath, in object: Node) -> [FieldAuthor] {
        entries.filter { Self.covers($0.fields, path.steps[...], object) }.map(\.author)
    }

    /// Who else than this tool has set a field, also to the same value.
    ///
    /// - Parameter document: has the field at that path, in an order of its own.
    func others(at path: NodePath, in document: Node) -> [String] {
        owners(of: path, in: document).filter { !Self.isOurs($0) }.map(\.manager)
    }

    /// The managed fields of an object in which nobody else than this tool has set some of them; nil where that is so.
    ///
    /// - Parameters:
    ///   - paths: in `document`, which has the fields in an order of its own.
    ///   - object: as the server has it.
    static func taking(_ paths: [NodePath], in document: Node, of object: Node) -> Node? {
        let entries = object.value("metadata", "managedFields")?.sequence ?? []
        let left = entries.compactMap { entry -> Node? in
            guard var mapping = entry.mapping, let fields = mapping["fieldsV1"],
                let manager = mapping["manager"]?.string,
                !isOurs(manager) || mapping["operation"]?.string == "Update"
            else { return entry }
            let rest = paths.reduce(Optional(fields)) { fields, path in
                fields.flatMap { removing(path.steps[...], from: $0, document) }
            }
            if rest == fields { return entry }
            mapping["fieldsV1"] = rest
            return rest.map { _ in .mapping(mapping) }
        }
        return left == entries ? nil : .sequence(left)
    }

    /// The tree of fields without a leaf, and without what then leads nowhere; nil where nothing is left.
    private static func removing(
        _ steps: ArraySlice<NodePath.Step>, from fields: Node, _ document: Node
    ) -> Node? {
        guard let step = steps.first else { return nil }
        // A leaf on the way owns all below it.
        guard var below = fields.mapping, !below.isEmpty else { return nil }
        let next: (key: String, document: Node)?
        switch step {
        case .key(let key): next = ("f:\(key)", document[key] ?? .null)
        case .index(let index):
            let item = document.sequence.flatMap { $0.indices.contains(index) ? $0[index] : nil }
            next = item.flatMap { item in
                below.entries.first { names($0.key, item, index) }.map { ($0.key, item) }
            }
        }
        guard let next, let found = below[next.key] else { return fields }
        below[next.key] = removing(steps.dropFirst(), from: found, next.document)
        // That there is a mapping, or an entry of a list, is said by a dot.
        return below.entries.allSatisfy { $0.key == "." } ? nil : .mapping(below)
    }

    /// Whether the tree of fields leads to the path; a leaf on the way owns all below it.
    private static func covers(_ fields: Node, _ steps: ArraySlice<NodePath.Step>, _ live: Node) -> Bool {
        guard let step = steps.first else { return true }
        guard let below = fields.mapping, !below.isEmpty else { return true }
        switch step {
        case .key(let key):
            guard let next = below["f:\(key)"] else { return false }
            return covers(next, steps.dropFirst(), live[key] ?? .null)
        case .index(let index):
            guard let item = live.sequence.flatMap({ $0.indices.contains(index) ? $0[index] : nil }) else {
                return false
            }
            let match = below.entries.first { names($0.key, item, index) }
            return match.map { covers($0.value, steps.dropFirst(), item) } ?? false
        }
    }

    /// Whether `k:{"name":"workload"}`, `v:"value"` or `i:0` means this item.
    private static func names(_ key: String, _ item: Node, _ index: Int) -> Bool {
        let text = String(key.dropFirst(2))
        switch key.prefix(2) {
        case "k:":
            let pairs = (try? JSONParser.parse(text, file: .unknown))?.mapping?.entries ?? []
            return !pairs.isEmpty && pairs.allSatisfy { item[$0.key] == $0.value }
        case "v:": return (try? JSONParser.parse(text, file: .unknown)) == item
        case "i:": return Int(text) == index
        default: return false
        }
    }
}
