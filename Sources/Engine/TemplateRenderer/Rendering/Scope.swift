/// Names bound by `$let`, `$map` and their like, over the names that were bound before.
///
/// A scope holds few names, so a search in order beats a dictionary, and entering one costs two
/// allocations whatever the context's size.
final class Scope: Sendable {
    struct Variable: Sendable {
        let name: String
        let value: Value
    }

    private let variables: [Variable]
    private let parent: Scope?

    init(_ variables: [Variable], over parent: Scope?) {
        self.variables = variables
        self.parent = parent
    }

    /// The innermost value called `name`.
    func value(_ name: String) -> Value? {
        var scope = self
        while true {
            for variable in scope.variables where variable.name == name { return variable.value }
            guard let parent = scope.parent else { return nil }
            scope = parent
        }
    }

    var names: [String] {
        variables.map(\.name) + (parent?.names ?? [])
    }
}
