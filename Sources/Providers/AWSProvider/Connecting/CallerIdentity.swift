import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Who the credentials stand for.
///
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
package struct CallerIdentity: Sendable, Hashable {
    package let account: String
    package let arn: String

    static func ask(_ api: AWSAPI) async throws -> CallerIdentity {
        let answer = try await api.query(.sts, "GetCallerIdentity")
        return CallerIdentity(account: answer["Account"]?.string ?? "", arn: answer["Arn"]?.string ?? "")
    }

    /// - Throws: ``Diagnostic`` where the configuration names another account.
    func check(_ place: CloudPlace) throws(Diagnostic) {
        guard let pinned = place["account"], pinned != account else { return }
        throw Diagnostic(
            .error, .account, "this is another account than the configured one", at: place.location(of: "account"),
            why: "the credentials are of \(arn) in account \(account), and `providers.aws.account` is \(pinned)",
            fix: "choose another profile with AWS_PROFILE, or change `providers.aws.account`")
    }
}

extension Diagnostic.Code {
    static let account = Self("aws.other-account", .denied)
}
