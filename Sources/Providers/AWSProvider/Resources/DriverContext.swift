import AWSClient
import Cryptography
import Documents
import FoundationEssentials
import ServiceModel

/// What all drivers of one plan know.
struct DriverContext: Sendable {
    let api: AWSAPI
    let identity: CallerIdentity
    let cluster: EKSCluster
    /// How long a new identity of pods needs until it is known everywhere.
    let propagation: Duration
    /// Whether there are to be more pods than there were: then a group that has fewer nodes than they need is too small,
    /// and is not left to an autoscaler that there may not be.
    var needsNodes = false
    /// Of all that is planned now; nil for a single service.
    var look: AccountLook?

    /// How long is still to be waited until it is known everywhere.
    func spreading(_ live: LiveResource) -> Duration {
        guard let changed = live.changed else { return .zero }
        return max(propagation - .seconds(Date().timeIntervalSince1970 - changed), .zero)
    }

    func isSpreading(_ live: LiveResource) -> Bool { spreading(live) > .zero }

    var partition: AWSPartition { AWSPartition.of(api.region) }

    /// `arn:aws:iam::123456789012:role/name`; an ARN stays as it is.
    func roleARN(_ name: String) -> String {
        name.hasPrefix("arn:") ? name : "arn:\(partition.id):iam::\(identity.account):role/\(name)"
    }

    func bucketARN(_ name: String) -> String { "arn:\(partition.id):s3:::\(name)" }

    /// The configured name, or the one that follows from the account.
    func bucketName(_ spec: Node) -> String {
        if let name = spec["name"]?.string { return name }
        let place = spec["place"]?.string ?? ""
        let digest = SHA256Digest.hexadecimal(of: Array("\(identity.account)/\(place)".utf8))
        return (spec["namePrefix"]?.string ?? "") + digest.prefix(10)
    }

    /// What is the same for all services of a fleet is asked once.
    func once<Value: Sendable>(
        _ question: String, _ ask: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let look else { return try await ask() }
        return try await look.once(question, ask)
    }
}
