import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Looks whether the secrets that the service may read are there. Their values are never asked for.
///
/// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
struct SecretCheck: Sendable {
    let context: DriverContext

    func problems(_ role: Resource) async throws -> [Diagnostic] {
        let secrets = role.manifest.value("spec", "secrets")?.sequence ?? []
        return try await secrets.concurrentMap(atOnce: 8) { secret in
            try await CloudPreflight.looking { try await problem(secret) } ?? nil
        }.compactMap { $0 }
    }

    private func problem(_ secret: Node) async throws -> Diagnostic? {
        let name = secret.string ?? ""
        func problem(_ what: String, _ fix: String) -> Diagnostic {
            Diagnostic(.error, .secret, what, at: secret.location, fix: fix)
        }
        do {
            let found = try await context.api.json(.secretsManager, "DescribeSecret", ["SecretId": secret])
            guard found["DeletedDate"]?.isNull != false else {
                return problem(
                    "the secret `\(name)` is being deleted",
                    "restore it in AWS Secrets Manager, or take it out of `security.cloud_secrets`")
            }
            return nil
        } catch let error as AWSError where error.isNotFound {
            return problem(
                "there is no secret `\(name)` in AWS Secrets Manager",
                "create it in \(context.api.region), or take it out of `security.cloud_secrets`")
        }
    }
}

extension Diagnostic.Code {
    static let secret = Self("aws.missing-secret", .failed)
}
