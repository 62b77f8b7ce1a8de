/// Which service is meant: its name, and the place where the name is unique.
public struct ServiceIdentity: Sendable, Hashable, Comparable {
    public let name: ServiceName
    public let namespace: String

    public init(name: ServiceName, namespace: String) {
        self.name = name
        self.namespace = namespace
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

extension ServiceIdentity: CustomStringConvertible {
    public var description: String { "\(namespace)/\(name)" }
}
