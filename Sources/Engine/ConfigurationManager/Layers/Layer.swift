package import Documents

/// One layer of a service's configuration, checked and in canonical keys.
package struct Layer: Sendable {
    /// What people call it: a file's name, or the flag.
    package let name: String
    package let values: Node

    package init(name: String, values: Node) {
        self.name = name
        self.values = values
    }

    var namesReplicas: Bool { values.value("deployment", "replicas") != nil }
}
