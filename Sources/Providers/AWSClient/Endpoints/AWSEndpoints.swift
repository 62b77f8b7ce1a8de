package import Diagnostics
import HTTPTransport

/// Finds the hosts of services: those of their partition, or the ones that were chosen instead.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
/// https://docs.aws.amazon.com/general/latest/gr/rande.html
package struct AWSEndpoints: Sendable {
    package var usesFIPS: Bool
    package var usesDualStack: Bool
    /// The address that was chosen for a service, with the name of the setting that did; nil where none was.
    private let chosen: @Sendable (AWSService) -> (url: String, setting: String)?

    package init(
        usesFIPS: Bool = false, usesDualStack: Bool = false,
        chosen: @escaping @Sendable (AWSService) -> (url: String, setting: String)? = { _ in nil }
    ) {
        self.usesFIPS = usesFIPS
        self.usesDualStack = usesDualStack
        self.chosen = chosen
    }

    /// - Throws: ``Diagnostic`` for an address that is none, and for FIPS where there is none.
    package func endpoint(of service: AWSService, in region: String) throws(Diagnostic) -> AWSEndpoint {
        let partition = AWSPartition.of(region)
        let signingRegion = service.isGlobal ? Self.globalSigningRegion(service, partition) : region
        if let (text, setting) = chosen(service) {
            guard let url = HTTPURL(text), url.query == nil else {
                throw Diagnostic(
                    .error, .endpoint, "`\(setting)` is no address of a service: `\(text)`",
                    fix: "write it as http://host:port or https://host:port")
            }
            return AWSEndpoint(url: url, signingRegion: signingRegion, isChosen: true)
        }
        if usesFIPS, !["aws", "aws-us-gov"].contains(partition.id) {
            throw Diagnostic(
                .error, .endpoint, "there are no FIPS endpoints in `\(region)`",
                why: "the partition `\(partition.id)` has none", fix: "unset AWS_USE_FIPS_ENDPOINT (use_fips_endpoint)")
        }
        let host = host(of: service, region, partition)
        return AWSEndpoint(url: HTTPURL(host: host), signingRegion: signingRegion, isChosen: false)
    }

    private func host(of service: AWSService, _ region: String, _ partition: AWSPartition) -> String {
        let isGov = partition.id == "aws-us-gov"
        switch service {
        case .iam: return iamHost(partition)
        case .cloudFront:
            let name = usesFIPS ? "cloudfront-fips" : "cloudfront"
            if usesDualStack { return "\(name)\(partition.id == "aws" ? ".global" : "").\(partition.dualStackSuffix)" }
            let region = partition.id == "aws-cn" ? ".\(partition.globalRegion)" : ""
            return "\(name)\(region).\(partition.dnsSuffix)"
        case .s3:
            // https://docs.aws.amazon.com/AmazonS3/latest/userguide/dual-stack-endpoints.html
            let name = "s3\(usesFIPS ? "-fips" : "")\(usesDualStack ? ".dualstack" : "")"
            return "\(name).\(region).\(partition.dnsSuffix)"
        default: break
        }
        // Its plain host answers over IPv6, too: https://docs.aws.amazon.com/general/latest/gr/asm.html
        let isDual = usesDualStack && !(service == .secretsManager && partition.id != "aws-eusc")
        let suffix = isDual ? partition.dualStackSuffix : partition.dnsSuffix
        return "\(prefix(of: service, isDual: isDual, isGov: isGov)).\(region).\(suffix)"
    }

    private func prefix(of service: AWSService, isDual: Bool, isGov: Bool) -> String {
        let name = service == .ecr && isDual ? "ecr" : service.endpointPrefix
        guard usesFIPS else { return name }
        // What is in the government's partition is validated without a host of its own, but for this.
        if isGov, !isDual, service != .secretsManager {
            return service == .ecr ? "\(name)-fips" : name
        }
        if service == .eks, !isDual { return "fips.eks" }
        return "\(name)-fips"
    }

    /// https://docs.aws.amazon.com/general/latest/gr/iam-service.html
    private func iamHost(_ partition: AWSPartition) -> String {
        let suffix = usesDualStack ? partition.dualStackSuffix : partition.dnsSuffix
        switch partition.id {
        case "aws":
            let name = usesFIPS ? "iam-fips" : "iam"
            return usesDualStack ? "\(name).global.\(suffix)" : "\(name).\(suffix)"
        case "aws-us-gov": return "iam.us-gov.\(suffix)"
        case "aws-cn": return usesDualStack ? "iam.global.\(suffix)" : "iam.cn-north-1.\(suffix)"
        default: return usesDualStack ? "iam.\(suffix)" : "iam.\(partition.globalRegion).\(suffix)"
        }
    }

    private static func globalSigningRegion(_ service: AWSService, _ partition: AWSPartition) -> String {
        service == .iam && partition.id == "aws-cn" ? "cn-north-1" : partition.globalRegion
    }
}

extension Diagnostic.Code {
    package static let endpoint = Self("aws.endpoint")
}
