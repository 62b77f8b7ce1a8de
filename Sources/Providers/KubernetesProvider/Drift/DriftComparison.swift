import Documents
import ServiceModel

/// Compares an object as it was applied with the live one, field by field.
///
/// What the server fills in is no difference: only fields that were applied count, and those that somebody else
/// than this tool and the controllers has added.
struct DriftComparison {
    /// What tells the entries of a list apart, the first that all of them have.
    private static let itemKeys: [[String]] = [
        ["name"], ["mountPath"], ["containerPort", "protocol"], ["port", "protocol"], ["topologyKey"], ["key"],
        ["host"], ["path"], ["type"],
    ]
    /// Below these, values are amounts that can be written in several ways.
    private static let amounts: Set<NodePath.Step> = [
        .key("requests"), .key("limits"), .key("sizeLimit"), .key("averageValue"),
    ]

    private(set) var fields: [FieldDrift] = []
    private let live: Node
    private let managers: FieldManagers
    /// Whether what others have added counts: not in an object that is theirs as a whole.
    private let countsAdditions: Bool
    /// Whether this tool has written since, in a deployment that failed.
    private let wasTriedSince: Bool

    init(applied: Node, live: Node, countsAdditions: Bool, wasTriedSince: Bool) {
        self.live = live
        self.wasTriedSince = wasTriedSince
        managers = FieldManagers(of: live)
        self.countsAdditions = countsAdditions
        for entry in applied.mapping?.entries ?? [] where !["apiVersion", "kind", "metadata"].contains(entry.key) {
            compare(entry.value, live[entry.key], Place([.key(entry.key)]))
        }
        for key in ["labels", "annotations"] {
            let place = Place([.key("metadata"), .key(key)])
            compare(applied.value("metadata", key) ?? [:], live.value("metadata", key) ?? [:], place)
        }
    }

    /// A field in both objects: lists may have it at different positions.
    private struct Place {
        var applied: NodePath
        var live: NodePath
        /// Whether it is the value of a variable that looks like a secret.
        var isSecret = false

        init(_ steps: [NodePath.Step]) {
            applied = NodePath(steps)
            live = applied
        }

        func appending(_ key: String) -> Place { appending(.key(key), .key(key)) }

        func appending(_ applied: NodePath.Step, _ live: NodePath.Step) -> Place {
            var place = self
            place.applied.steps.append(applied)
            place.live.steps.append(live)
            return place
        }
    }

    private mutating func compare(_ applied: Node, _ found: Node?, _ place: Place) {
        guard let found else {
            if !Self.isEmpty(applied) { report(applied, nil, place) }
            return
        }
        switch (applied.content, found.content) {
        case (.mapping(let wanted), .mapping(let there)):
            let isVariable =
                SecretRedaction.isSecretVariable(applied) || SecretRedaction.isSecretVariable(found)
            for entry in wanted.entries {
                var next = place.appending(entry.key)
                next.isSecret = isVariable && entry.key == "value"
                compare(entry.value, there[entry.key], next)
            }
            for entry in there.entries where wanted.position(of: entry.key) == nil {
                var next = place.appending(entry.key)
                next.isSecret = isVariable && entry.key == "value"
                added(entry.value, next)
            }
        case (.sequence(let wanted), .sequence(let there)):
            compare(wanted, there, applied, found, place)
        default:
            if applied != found, !(isAmount(place) && LiveComparison.sameQuantity(applied, found)) {
                report(applied, found, place)
            }
        }
    }

    private mutating func compare(
        _ wanted: [Node], _ there: [Node], _ applied: Node, _ found: Node, _ place: Place
    ) {
        let key = Self.itemKeys.first { key in Self.tells(key, wanted) && Self.tells(key, there) }
        guard let key else {
            guard wanted.count == there.count else {
                if applied != found { report(applied, found, place) }
                return
            }
            for (index, position) in zip(wanted.indices, Self.pairs(wanted, there)) {
                compare(wanted[index], there[position], place.appending(.index(index), .index(position)))
            }
            return
        }
        var met: Set<Int> = []
        for (index, item) in wanted.enumerated() {
            if let position = there.firstIndex(where: { other in key.allSatisfy { item[$0] == other[$0] } }) {
                met.insert(position)
                compare(item, there[position], place.appending(.index(index), .index(position)))
            } else {
                report(item, nil, place.appending(.index(index), .index(.max)))
            }
        }
        for (position, item) in there.enumerated() where !met.contains(position) {
            added(item, place.appending(.index(position), .index(position)))
        }
    }

    /// What nobody applied counts where somebody else has written it; field by field in a mapping.
    private mutating func added(_ value: Node, _ place: Place) {
        guard countsAdditions, !Self.isEmpty(value) else { return }
        if let mapping = value.mapping, case .key = place.live.steps.last {
            for entry in mapping.entries {
                var next = place.appending(entry.key)
                next.isSecret = place.isSecret
                added(entry.value, next)
            }
            return
        }
        guard let stranger = managers.stranger(at: place.live, in: live) else { return }
        fields.append(
            FieldDrift(path: place.live, deployed: nil, live: value, author: stranger, isSecret: place.isSecret))
    }

    private mutating func report(_ applied: Node?, _ found: Node?, _ place: Place) {
        let author = found == nil ? nil : managers.author(of: place.live, in: live, mayBeOurs: wasTriedSince)
        if FieldManagers.isAutoscaler(author, place.live) { return }
        fields.append(
            FieldDrift(path: place.applied, deployed: applied, live: found, author: author, isSecret: place.isSecret))
    }

    private func isAmount(_ place: Place) -> Bool { place.applied.steps.contains { Self.amounts.contains($0) } }

    /// For each entry of a list without keys where it is in the live one: a server may give mappings back in another
    /// order, as it does the metrics of an autoscaler.
    private static func pairs(_ wanted: [Node], _ there: [Node]) -> [Int] {
        guard wanted.allSatisfy({ $0.mapping != nil }) else { return Array(wanted.indices) }
        var free = Array(there.indices)
        var pairs = wanted.map { item -> Int? in
            guard let found = free.firstIndex(where: { LiveComparison.contains(there[$0], item) }) else { return nil }
            return free.remove(at: found)
        }
        for index in pairs.indices where pairs[index] == nil { pairs[index] = free.removeFirst() }
        return pairs.compactMap(\.self)
    }

    /// Whether the keys tell all entries apart.
    private static func tells(_ keys: [String], _ items: [Node]) -> Bool {
        var known: [[Node?]] = []
        for item in items {
            let values = keys.map { item[$0] }
            guard values.allSatisfy({ $0 != nil }), !known.contains(values) else { return false }
            known.append(values)
        }
        return true
    }

    /// The server leaves out what is empty.
    private static func isEmpty(_ node: Node) -> Bool {
        switch node.content {
        case .null: true
        case .mapping(let mapping): mapping.isEmpty
        case .sequence(let items): items.isEmpty
        default: false
        }
    }
}
