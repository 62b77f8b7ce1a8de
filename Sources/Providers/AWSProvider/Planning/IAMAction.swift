import AWSClient

/// What a policy has to allow for an operation. Most actions have the operation's name.
///
/// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
enum IAMAction {
    /// As AWS itself names it in the refusal, or else as its reference does: `s3:GetEncryptionConfiguration`.
    static func needed(for error: AWSError) -> String {
        if let told = error.message.firstMatch(of: /perform: ([a-z0-9-]+:[A-Za-z]+)/) { return String(told.1) }
        return others[error.operation] ?? error.operation
    }

    private static let others = [
        "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
        "s3:DeleteObjects": "s3:DeleteObjectVersion",
        "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
        "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
        "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
        "s3:ListObjectVersions": "s3:ListBucketVersions",
        "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
        "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
        "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    ]
}
