/// A service of AWS, and how it wants to be spoken to: the facts of its published model.
///
/// https://github.com/boto/botocore/tree/develop/botocore/data
package struct AWSService: Sendable, Hashable {
    /// As `AWS_ENDPOINT_URL_<ID>` and the `services` sections of the shared configuration name it: `service_quotas`.
    package let id: String
    /// Of its host names: `api.ecr`.
    let endpointPrefix: String
    /// In the scope of a signature.
    let signingName: String
    /// `2017-11-01`.
    let apiVersion: String
    /// Of `X-Amz-Target`; nil where the protocol has none.
    let targetPrefix: String?
    /// Whether one host serves all regions of a partition.
    let isGlobal: Bool

    private init(
        _ id: String, prefix: String? = nil, signing: String? = nil, version: String, target: String? = nil,
        isGlobal: Bool = false
    ) {
        self.id = id
        endpointPrefix = prefix ?? id
        signingName = signing ?? prefix ?? id
        apiVersion = version
        targetPrefix = target
        self.isGlobal = isGlobal
    }

    package static let cloudFront = Self("cloudfront", version: "2020-05-31", isGlobal: true)
    package static let cloudWatchLogs = Self(
        "cloudwatch_logs", prefix: "logs", version: "2014-03-28", target: "Logs_20140328")
    package static let ec2 = Self("ec2", version: "2016-11-15")
    package static let ecr = Self(
        "ecr", prefix: "api.ecr", signing: "ecr", version: "2015-09-21", target: "AmazonEC2ContainerRegistry_V20150921")
    package static let eks = Self("eks", version: "2017-11-01")
    package static let iam = Self("iam", version: "2010-05-08", isGlobal: true)
    package static let s3 = Self("s3", version: "2006-03-01")
    package static let secretsManager = Self(
        "secrets_manager", prefix: "secretsmanager", version: "2017-10-17", target: "secretsmanager")
    package static let serviceQuotas = Self(
        "service_quotas", prefix: "servicequotas", version: "2019-06-24", target: "ServiceQuotasV20190624")
    package static let sso = Self("sso", prefix: "portal.sso", signing: "awsssoportal", version: "2019-06-10")
    package static let ssoOIDC = Self("sso_oidc", prefix: "oidc", signing: "sso-oauth", version: "2019-06-10")
    package static let sts = Self("sts", version: "2011-06-15")

    package static let all: [AWSService] = [
        cloudFront, cloudWatchLogs, ec2, ecr, eks, iam, s3, secretsManager, serviceQuotas, sso, ssoOIDC, sts,
    ]
}
