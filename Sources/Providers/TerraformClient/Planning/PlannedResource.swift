import Diagnostics
import Documents
import ServiceModel

/// One resource of a plan, as Terraform tells it.
///
/// https://developer.hashicorp.com/terraform/internals/json-format#change-representation
struct PlannedResource {
    /// What loses data when it is deleted or made anew.
    private static let stores: Set<String> = ["aws_s3_bucket", "aws_cloudwatch_log_group"]
    /// Without these, pods have to move.
    private static let nodes: Set<String> = ["aws_eks_node_group"]
    private static let unknown = Node.string("(known after apply)")

    let type: String
    let address: String
    private let name: String
    private let body: Node?
    private let change: Node
    private let reason: String?

    init(_ resource: Node, module: Node) {
        type = resource["type"]?.string ?? ""
        let label = resource["name"]?.string ?? ""
        address = "\(type).\(label)"
        let index = resource["index"].map { $0.string ?? JSONEmitter.emit($0) }
        name = label + (index.map { "[\($0)]" } ?? "")
        body = module.value("resource", type, label)
        change = resource["change"] ?? .null
        reason = resource["action_reason"]?.string
    }

    var before: Node { change["before"] ?? .null }
    var after: Node { change["after"] ?? .null }

    static func identity(_ type: String, _ name: String, of service: ServiceIdentity, at provider: ProviderKind)
        -> Resource.Identity
    {
        Resource.Identity(
            apiVersion: "\(provider.rawValue).synthdata.io/terraform", kind: type, namespace: service.namespace,
            name: name)
    }

    /// Nil for what is only forgotten.
    func change(of service: ServiceIdentity, at provider: ProviderKind) -> Change? {
        let identity = Self.identity(type, name, of: service, at: provider)
        let actions = (change["actions"]?.sequence ?? []).compactMap(\.string)
        let isImported = change["importing"] != nil
        switch actions {
        case ["no-op"]:
            guard isImported else { return Change(resource: identity, action: .unchanged, effect: .none) }
            return Change(resource: identity, action: .update, effect: .none, reason: "it is taken over as it is")
        case ["create"]: return Change(resource: identity, action: .create, effect: .none)
        case ["update"]:
            return Change(
                resource: identity, action: .update, effect: .inPlace, fields: fields,
                reason: isImported ? "it is taken over" : nil)
        case ["delete"]:
            let effect: Effect = Self.stores.contains(type) ? .dataLoss : Self.nodes.contains(type) ? .replace : .none
            return Change(resource: identity, action: .delete, effect: effect)
        case ["create", "delete"] where Self.nodes.contains(type) && !isTainted:
            // Terraform deletes the old group before the pods have their new release.
            return Change(
                resource: identity, action: .replace, effect: letsPodsMove ? .rolling : .replace, fields: fields,
                reason: letsPodsMove
                    ? "another group takes its place, and the pods move to its nodes"
                    : "another group takes its place, and its labels or taints keep the pods that run now off it: they stop"
                        + " until the new ones start")
        case ["delete", "create"], ["create", "delete"]:
            return Change(
                resource: identity, action: .replace, effect: Self.stores.contains(type) ? .dataLoss : .replace,
                fields: fields, reason: replacement)
        default: return nil
        }
    }

    /// Whether the pods that run on the old nodes may run on the new ones: these have all the labels that the old ones
    /// have, and no other taints.
    private var letsPodsMove: Bool {
        let (old, new) = (before["labels"]?.mapping, after["labels"]?.mapping)
        let taints = before["taint"]?.sequence ?? []
        return (old?.entries ?? []).allSatisfy { new?[$0.key] == $0.value }
            && (after["taint"]?.sequence ?? []).allSatisfy(taints.contains)
    }

    private var isTainted: Bool { reason == "replace_because_tainted" }

    private var replacement: String {
        switch reason {
        case _ where isTainted: return "an attempt at it has failed: it is made anew"
        case "replace_by_triggers", "replace_by_request": return "it was asked to be made anew"
        default:
            let paths = (change["replace_paths"]?.sequence ?? []).map { Self.path($0.sequence ?? []).description }
            return paths.isEmpty
                ? "it cannot be changed where it stands"
                : "\(paths.joined(separator: ", ")) cannot be changed where it stands"
        }
    }

    private static func path(_ steps: [Node]) -> NodePath {
        NodePath(
            steps.compactMap { step in step.string.map { .key($0) } ?? step.integer.map { .index($0) } })
    }

    // MARK: Fields

    private var fields: [FieldChange] {
        let old = Self.shown(before, hidden: change["before_sensitive"])
        let new = Self.shown(
            Self.completed(change["after"] ?? .null, unknown: change["after_unknown"]),
            hidden: change["after_sensitive"])
        return FieldDifference.between(Self.comparable(old), Self.comparable(new)).filter(isTold).map { field in
            FieldChange(
                path: field.path, old: field.old, new: field.new.map { $0.relocated(to: location(of: field.path)) })
        }
    }

    /// With policies as trees, which hide nothing any more that the texts did not.
    private static func comparable(_ values: Node?) -> Node {
        PolicyStatements.byName(SecretRedaction.redacted(values ?? [:]))
    }

    /// What nobody has configured and nobody knows is no news: ids and states of what is made anew. To Terraform, what
    /// is not set is the same as nothing, 0 or an empty text.
    private func isTold(_ field: FieldChange) -> Bool {
        guard case .key(let key) = field.path.steps.first else { return true }
        let isConfigured = body?[key] != nil
        if field.new == Self.unknown { return isConfigured }
        guard field.new == nil else { return true }
        let nothing: [Node?] = [nil, 0, "", false, [], [:]]
        return isConfigured && !nothing.contains(field.old)
    }

    /// The configuration line behind a field: Terraform counts a block that can stand once only, where the module does
    /// not.
    private func location(of path: NodePath) -> SourceLocation {
        guard var node = body else { return .unknown }
        var location = node.location
        for step in path.steps {
            switch (step, node.content) {
            case (.key(let key), .mapping(let mapping)):
                guard let next = mapping[key] else { return location }
                node = next
            case (.index, .mapping): continue
            case (.index(let index), .sequence(let items)):
                guard index < items.count else { return location }
                node = items[index]
            default: return location
            }
            if node.location.isKnown { location = node.location }
        }
        return location
    }

    /// What will be, with a mark for what nobody knows yet.
    private static func completed(_ node: Node, unknown: Node?) -> Node {
        switch (node.content, unknown?.content) {
        case (_, .bool(true)): return Self.unknown
        case (.mapping(var mapping), .mapping(let marks)):
            for entry in marks.entries {
                let value = completed(mapping[entry.key] ?? .null, unknown: entry.value)
                if !value.isNull { mapping[entry.key] = value }
            }
            return .mapping(mapping)
        case (.sequence(let items), .sequence(let marks)):
            return .sequence(
                items.enumerated().map { completed($1, unknown: $0 < marks.count ? marks[$0] : nil) })
        default: return node
        }
    }

    /// The values without those that Terraform calls sensitive, and without what is not set.
    private static func shown(_ node: Node, hidden: Node?) -> Node? {
        if node.isNull { return nil }
        switch (node.content, hidden?.content) {
        case (_, .bool(true)): return SecretRedaction.marked(node)
        case (.mapping(let mapping), _):
            var result = Mapping()
            for entry in mapping.entries { result[entry.key] = shown(entry.value, hidden: hidden?[entry.key]) }
            return .mapping(result)
        case (.sequence(let items), _):
            let marks = hidden?.sequence ?? []
            return .sequence(
                items.enumerated().map { shown($1, hidden: $0 < marks.count ? marks[$0] : nil) ?? .null })
        default: return node
        }
    }
}
