/// A function as a value: it can be named, kept in a list or a mapping, compared and called.
struct FunctionValue: Sendable {
    enum Body: Sendable {
        case builtin(Builtin)
        case custom(Context.Function)
    }

    let name: String
    let body: Body
}

extension FunctionValue: Equatable {
    /// Custom functions are told apart by name: a context has one of each.
    static func == (left: FunctionValue, right: FunctionValue) -> Bool {
        switch (left.body, right.body) {
        case (.builtin(let left), .builtin(let right)): left == right
        case (.custom, .custom): left.name == right.name
        default: false
        }
    }
}
