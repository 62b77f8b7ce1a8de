/// A value that must never be shown: prints as `<redacted>`, in string interpolation, in `dump` and in a
/// debugger alike.
///
/// Read it through ``secret`` where it is used, as late as possible.
public struct Redacted<Value: Sendable>: Sendable {
    public let secret: Value

    public init(_ secret: Value) {
        self.secret = secret
    }
}

extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
