import Documents

extension Value {
    /// What `[…]` counts in: an array's items or a string's Unicode scalars.
    enum Items {
        case nodes([Node], Value)
        case values([Value], Value)
        case scalars(String.UnicodeScalarView, Value)

        var count: Int {
            switch self {
            case .nodes(let items, _): items.count
            case .values(let items, _): items.count
            case .scalars(let scalars, _): scalars.count
            }
        }

        /// The item at `position`, or nil when there is none.
        subscript(position: Int) -> Value? {
            guard position >= 0 else { return nil }
            switch self {
            case .nodes(let items, _): return position < items.count ? .node(items[position]) : nil
            case .values(let items, _): return position < items.count ? items[position] : nil
            case .scalars(let scalars, let whole):
                return scalars.dropFirst(position).first.map { .node(.string(String($0), at: whole.location)) }
            }
        }

        /// The items of a range within bounds.
        func slice(_ range: Range<Int>) -> Value {
            switch self {
            case .nodes(let items, let whole): return .node(.sequence(Array(items[range]), at: whole.location))
            case .values(let items, let whole): return Value.sequence(of: Array(items[range]), at: whole.location)
            case .scalars(let scalars, let whole):
                let text = String(scalars.dropFirst(range.lowerBound).prefix(range.count))
                return .node(.string(text, at: whole.location))
            }
        }
    }

    /// The value as items, or nil when it is neither array nor string.
    var indexed: Items? {
        switch self {
        case .node(let node):
            switch node.content {
            case .sequence(let items): .nodes(items, self)
            case .string(let text): .scalars(text.unicodeScalars, self)
            default: nil
            }
        case .sequence(let items, _): .values(items, self)
        default: nil
        }
    }
}
