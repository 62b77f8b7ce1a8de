package import Documents

/// One layer of a service's configuration, checked and in canonical keys.
package struct Layer: Sendable {
    /// What people call it: a file's name, or the flag.
    package let name: String
    package let values: Node
    /// Whether its lists replace those of the lower layers even where they have a natural key.
    private let replacesLists: Bool

    package init(name: String, values: Node, replacesLists: Bool = false) {
        self.name = name
        self.values = values
        self.replacesLists = replacesLists
    }

    /// Merges the layer over what the lower ones merged to.
    func merge(into settings: inout Node, listKeys: ListKeys) {
        settings.merge(values, listKeys: replacesLists ? nil : listKeys)
    }

    var namesReplicas: Bool { values.value("deployment", "replicas") != nil }
}
