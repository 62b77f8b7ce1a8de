/// A group of regions with accounts, hosts and names of its own.
///
/// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
package struct AWSPartition: Sendable, Hashable {
    /// As ARNs have it: `aws-us-gov`.
    package let id: String
    package let dnsSuffix: String
    let dualStackSuffix: String
    /// Of the names by which services act: `ec2.amazonaws.com`.
    package var serviceSuffix: String { id == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com" }
    /// Where the services are that one host of serves all regions.
    let globalRegion: String
    private let prefixes: [String]

    private static let all = [
        AWSPartition(
            id: "aws-us-gov", dnsSuffix: "amazonaws.com", dualStackSuffix: "api.aws", globalRegion: "us-gov-west-1",
            prefixes: ["us-gov-"]),
        AWSPartition(
            id: "aws-iso", dnsSuffix: "c2s.ic.gov", dualStackSuffix: "api.aws.ic.gov", globalRegion: "us-iso-east-1",
            prefixes: ["us-iso-"]),
        AWSPartition(
            id: "aws-iso-b", dnsSuffix: "sc2s.sgov.gov", dualStackSuffix: "api.aws.scloud",
            globalRegion: "us-isob-east-1", prefixes: ["us-isob-"]),
        AWSPartition(
            id: "aws-iso-e", dnsSuffix: "cloud.adc-e.uk", dualStackSuffix: "api.cloud-aws.adc-e.uk",
            globalRegion: "eu-isoe-west-1", prefixes: ["eu-isoe-"]),
        AWSPartition(
            id: "aws-iso-f", dnsSuffix: "csp.hci.ic.gov", dualStackSuffix: "api.aws.hci.ic.gov",
            globalRegion: "us-isof-south-1", prefixes: ["us-isof-"]),
        AWSPartition(
            id: "aws-cn", dnsSuffix: "amazonaws.com.cn", dualStackSuffix: "api.amazonwebservices.com.cn",
            globalRegion: "cn-northwest-1", prefixes: ["cn-"]),
        AWSPartition(
            id: "aws-eusc", dnsSuffix: "amazonaws.eu", dualStackSuffix: "api.amazonwebservices.eu",
            globalRegion: "eusc-de-east-1", prefixes: ["eusc-"]),
    ]

    private static let commercial = AWSPartition(
        id: "aws", dnsSuffix: "amazonaws.com", dualStackSuffix: "api.aws", globalRegion: "us-east-1", prefixes: [])

    /// The partition of a region; `aws` for one that is not known yet.
    package static func of(_ region: String) -> AWSPartition {
        all.first { $0.prefixes.contains(where: region.hasPrefix) } ?? commercial
    }
}
