package import AWSClient
package import Diagnostics
import HTTPTransport
import ServiceModel

/// Says what AWS refused in words that tell what to do.
package enum AWSRefusal {
    /// - Parameter location: of what was wanted: it is told where the refusal is of that, not of whoever asks.
    static func told(_ error: any Error, at location: SourceLocation?) -> any Error {
        switch error {
        case let error as AWSError: diagnostic(error, at: location)
        case let error as HTTPError: error.diagnostic
        default: error
        }
    }

    /// What is refused of a resource is told at the configuration line behind it.
    static func told(_ error: any Error, of resource: Resource) -> any Error {
        guard let refusal = error as? AWSError else { return told(error, at: nil) }
        return diagnostic(refusal, at: RefusedPlace.place(refusal, of: resource))
    }

    package static func diagnostic(_ error: AWSError, at location: SourceLocation?) -> Diagnostic {
        let id = error.requestID.isEmpty ? "" : " (request id \(error.requestID))"
        if error.isAccessDenied {
            let action = IAMAction.needed(for: error)
            return Diagnostic(
                .error, .denied, "the credentials may not do \(action)", at: location, why: error.message + id,
                fix: error.message.contains("explicit deny in a resource-based policy")
                    ? "the resource's own policy denies it: see what it says of \(action)"
                    : "allow \(action) in a policy of this identity")
        }
        if let fix = error.credentialsFix {
            return Diagnostic(
                .error, .denied, "AWS does not accept the credentials", why: error.reason,
                fix: "\(fix); `synthdata-infra doctor` tells which credentials are found")
        }
        if error.isThrottling {
            return Diagnostic(
                .error, .refused, "AWS asks for fewer requests", why: error.description, fix: "try again in a minute")
        }
        if error.isServiceFault {
            return Diagnostic(
                .error, .serviceFault, "\(error.operation) failed in the service itself", why: error.reason,
                fix: error.code.isEmpty && error.requestID.isEmpty
                    ? "try again later; where it stays so, look whether it is AWS that answers: check the region, a proxy"
                        + " (HTTPS_PROXY) and AWS_ENDPOINT_URL"
                    : "try again later; https://health.aws.amazon.com tells of troubles of AWS")
        }
        if let quota = quota(error) {
            return Diagnostic(
                .error, .quota, "the account's quota is used up: \(quota)", at: location, why: error.message + id,
                fix: "ask for more in the Service Quotas console, or use less")
        }
        let isMissing = ["NotFound", "NotFoundException", "NoSuchEntity"].contains(where: error.code.hasSuffix)
        return Diagnostic(
            .error, .refused, "AWS refuses \(error.operation)", at: location, why: error.reason,
            fix: isMissing ? "name one that there is in this account and region" : nil)
    }

    /// The name of the quota that an error is about, as Service Quotas calls it.
    private static func quota(_ error: AWSError) -> String? {
        switch (error.operation, error.code) {
        case ("eks:CreateNodegroup", "ResourceLimitExceededException"): "Managed node groups per cluster"
        case (let operation, "LimitExceeded") where operation.hasPrefix("iam:"): "IAM roles or policies"
        case ("s3:CreateBucket", "TooManyBuckets"): "General purpose buckets"
        case (_, "VcpuLimitExceeded"): "Running On-Demand instances (vCPUs)"
        case (_, "MaxSpotInstanceCountExceeded"): "All Spot Instance Requests (vCPUs)"
        case (let operation, "TooManyDistributions") where operation.hasPrefix("cloudfront:"):
            "Web distributions per AWS account"
        case (_, "LimitExceededException"), (_, "ResourceLimitExceededException"): error.operation
        default: nil
        }
    }
}

extension Diagnostic.Code {
    static let denied = Self("aws.denied", .denied)
    static let refused = Self("aws.refused", .failed)
    static let serviceFault = Self("aws.service-fault", .failed)
    static let quota = Self("aws.quota", .failed)
}
