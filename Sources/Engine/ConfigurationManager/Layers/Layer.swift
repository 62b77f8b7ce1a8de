package import Documents

/// One layer of a service's configuration, checked and in canonical keys.
package struct Layer: Sendable {
    /// What people call it: a file's name, or the flag.
    package let name: String
    package let values: Node
    /// Whether its lists replace those of the lower layers even where they have a natural key.
    let replacesLists: Bool
    /// What in it breaks the schema, or is missing because a key is misspelt: rules must not judge by it.
    let invalid: [NodePath]
    /// Whether the tool brings it, rather than somebody who meant this service or project.
    var isBuiltIn = false

    package init(name: String, values: Node, replacesLists: Bool = false, invalid: [NodePath] = []) {
        self.name = name
        self.values = values
        self.replacesLists = replacesLists
        self.invalid = invalid
    }

    /// Merges the layer over what the lower ones merged to.
    func merge(into settings: inout Node, listKeys: ListKeys) {
        settings.merge(values, listKeys: replacesLists ? nil : listKeys)
    }

    var namesReplicas: Bool { values.value("deployment", "replicas") != nil }
}
