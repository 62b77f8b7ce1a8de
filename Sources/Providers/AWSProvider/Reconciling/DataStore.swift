import AWSClient
import Documents
import TerraformClient

/// A resource that keeps what somebody has stored in it.
struct DataStore: Sendable, CustomStringConvertible {
    let address: String
    let name: String
    let isBucket: Bool
    let holdsData: Bool

    /// Nil for a resource that stores nothing.
    init?(_ deletion: TerraformPlan.Deletion, _ api: AWSAPI) async throws {
        address = deletion.address
        switch deletion.type {
        case "aws_s3_bucket":
            isBucket = true
            name = deletion.before["bucket"]?.string ?? ""
            do {
                holdsData = try await !BucketContents(name: name, api: api).isEmpty()
            } catch let error as AWSError where error.isNotFound {
                holdsData = false
            }
        case "aws_cloudwatch_log_group":
            isBucket = false
            name = deletion.before["name"]?.string ?? ""
            holdsData = true
        default: return nil
        }
    }

    var description: String { "\(address) (\(name))" }

    /// Whether another resource is a part of it: its encryption, who may read it.
    func isPart(_ other: String) -> Bool { other == address || isBucket && other.hasPrefix("aws_s3_bucket") }
}
