import Documents

/// One of the terms of a required node affinity: a node fulfils it when it meets every requirement.
///
/// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
struct NodeTerm: Sendable {
    private struct Requirement: Sendable {
        let key: String
        let comparison: String
        let values: [String]

        /// - Parameter label: the node's value; nil where it has none.
        func isMet(by label: String?) -> Bool {
            switch comparison {
            case "In": label.map(values.contains) ?? false
            case "NotIn": label.map { !values.contains($0) } ?? true
            case "Exists": label != nil
            case "DoesNotExist": label == nil
            case "Gt": compare(label, >)
            case "Lt": compare(label, <)
            default: false
            }
        }

        private func compare(_ label: String?, _ isInOrder: (Int, Int) -> Bool) -> Bool {
            guard let label = label.flatMap({ Int($0) }), let bound = values.first.flatMap({ Int($0) }) else {
                return false
            }
            return isInOrder(label, bound)
        }
    }

    private let labels: [Requirement]
    private let names: [Requirement]

    init(_ term: Node) {
        labels = Self.requirements(term["matchExpressions"])
        // `metadata.name` is the only field that there is.
        names = Self.requirements(term["matchFields"])
    }

    /// A term without requirements is met by no node.
    func isMet(name: String, labels known: [String: String]) -> Bool {
        guard !labels.isEmpty || !names.isEmpty else { return false }
        return labels.allSatisfy { $0.isMet(by: known[$0.key]) } && names.allSatisfy { $0.isMet(by: name) }
    }

    private static func requirements(_ list: Node?) -> [Requirement] {
        (list?.sequence ?? []).map { item in
            Requirement(
                key: item["key"]?.string ?? "", comparison: item["operator"]?.string ?? "",
                values: (item["values"]?.sequence ?? []).compactMap(\.string))
        }
    }
}
