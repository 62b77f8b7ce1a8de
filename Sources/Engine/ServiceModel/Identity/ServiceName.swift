public import Diagnostics

/// The name of a service: a DNS label (RFC 1123), so that it can name Kubernetes objects, hosts and
/// folders as it stands and can never be a path or a shell word.
public struct ServiceName: Sendable, Hashable, Comparable {
    public static let maximumLength = 63

    public let value: String

    /// - Throws: ``Diagnostic`` telling the rule and, where there is an obvious one, a valid spelling.
    public init(_ value: String, at location: SourceLocation? = nil) throws(Diagnostic) {
        guard let problem = DNSLabel.problem(with: value) else {
            self.value = value
            return
        }
        throw Diagnostic(
            .error, .invalidName, "`\(value)` cannot name a service: \(problem)", at: location,
            why: "a service's name becomes a host name (RFC 1123): a-z, 0-9 and `-`, \(Self.maximumLength) at most",
            fix: DNSLabel.suggestion(for: value).map { "for example `\($0)`" })
    }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension ServiceName: CustomStringConvertible {
    public var description: String { value }
}

extension Diagnostic.Code {
    public static let invalidName = Self("service.invalid-name")
}
