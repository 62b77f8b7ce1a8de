import Diagnostics
import Documents

/// The release of Kubernetes that a server runs.
struct ServerVersion: Sendable, Hashable, Comparable {
    let major: Int
    let minor: Int
    /// As the server writes it: `v1.30.2-eks-1552ad0`.
    let text: String

    /// The first in which the server keeps who set each field of every object, which server-side apply and all that is
    /// decided by it here needs: https://kubernetes.io/blog/2020/04/01/kubernetes-1.18-feature-server-side-apply-beta-2/
    static let oldest = ServerVersion(major: 1, minor: 18, text: "v1.18")
    /// What came later and is used where it is there: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
    /// and https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
    private static let features = [
        (minor: 21, "policy/v1 (its predecessor is used)"), (minor: 23, "autoscaling/v2 (its predecessor is used)"),
        (minor: 25, "strict field validation (server-side apply alone refuses unknown fields)"),
    ]

    /// - Parameter document: the answer of `/version`. Providers write a minor of `27+`.
    init(_ document: Node) {
        text = document["gitVersion"]?.string ?? ""
        let parts = text.drop { !$0.isNumber }.split(separator: ".", maxSplits: 2)
        major = Self.number(document["major"]) ?? parts.first.flatMap { Int($0) } ?? 0
        minor = Self.number(document["minor"]) ?? parts.dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private init(major: Int, minor: Int, text: String) {
        self.major = major
        self.minor = minor
        self.text = text
    }

    private static func number(_ node: Node?) -> Int? { node?.string.flatMap { Int($0.prefix { $0.isNumber }) } }

    static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

    /// - Throws: ``Diagnostic`` when it is too old. A server that does not say its version is given the benefit of the
    ///   doubt.
    func check() throws(Diagnostic) {
        guard major > 0, self < Self.oldest else { return }
        throw Diagnostic(
            .error, .tooOld, "the server runs Kubernetes \(text), which is too old",
            why: "deployments need server-side apply as it is since 1.18, where every field has its manager",
            fix: "use a cluster of 1.25 or later; 1.18 to 1.24 will do")
    }

    /// What the server cannot do yet, though it can be deployed to.
    var shortcomings: [Diagnostic] {
        let missing = Self.features.filter { minor < $0.minor }.map(\.1)
        guard major == 1, self >= Self.oldest, !missing.isEmpty else { return [] }
        return [
            Diagnostic(
                .warning, .oldServer, "the server runs Kubernetes \(text), which lacks some features",
                why: "it has no \(missing.joined(separator: ", no "))", fix: "use a cluster of 1.25 or later")
        ]
    }
}

extension Diagnostic.Code {
    static let tooOld = Self("kubernetes.too-old", .failed)
    static let oldServer = Self("kubernetes.old-server")
}
