/// What a change does to what runs, mildest first.
public enum Effect: Int, Sendable, Hashable, Comparable, CaseIterable {
    case none
    /// Changed where it stands; nothing restarts.
    case inPlace
    /// Replicas are replaced one after another.
    case rolling
    /// Deleted and made anew.
    case replace
    /// Stored data is lost.
    case dataLoss

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Effect {
    /// One word, as flags take it: `data-loss`.
    public var name: String { String(description.map { $0 == " " ? "-" : $0 }) }

    public init?(name: String) {
        guard let effect = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = effect
    }
}

extension Effect: CustomStringConvertible {
    public var description: String {
        switch self {
        case .none: "none"
        case .inPlace: "in place"
        case .rolling: "rolling"
        case .replace: "replace"
        case .dataLoss: "data loss"
        }
    }
}
