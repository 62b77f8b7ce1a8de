package import Documents

/// Answers questions in a server's place: what was read before, for many who ask the same.
package protocol ObjectSource: Sendable {
    /// The object, or nil where there is none.
    func get(_ type: ResourceType, namespace: String?, name: String) async throws -> Node?

    /// The server's opinion.
    func review(_ path: String, _ object: Node) async throws -> Node
}
