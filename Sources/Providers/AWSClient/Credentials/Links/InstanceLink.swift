import Diagnostics
import HTTPTransport

/// The role of the EC2 instance.
struct InstanceLink: CredentialLink {
    private static let address = "http://169.254.169.254/"
    private static let addressIPv6 = "http://[fd00:ec2::254]/"

    let name = "EC2 instance metadata"
    let context: CredentialContext
    let settings: ProfileSettings

    func find() async throws -> CredentialFinding {
        if context.environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" {
            return .passedOver("AWS_EC2_METADATA_DISABLED is true")
        }
        let metadata = try service()
        do throws(InstanceMetadata.Unavailable) {
            return .found(metadata, first: try await metadata.fetch())
        } catch {
            return .passedOver(error.reason)
        }
    }

    private func service() throws(Diagnostic) -> InstanceMetadata {
        let key = "ec2_metadata_service_endpoint"
        let variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        let usual = try isIPv6() ? Self.addressIPv6 : Self.address
        let text = try settings.text(key, variable: variable) ?? usual
        guard let url = HTTPURL(text) else {
            throw Diagnostic(
                .error, .awsProfile, "the endpoint of the instance metadata service is no address: `\(text)`",
                at: settings.location(of: key, variable: variable), fix: "write it as \(Self.address)")
        }
        return InstanceMetadata(
            endpoint: url,
            timeout: .seconds(try number("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT")),
            attempts: try number("metadata_service_num_attempts", "AWS_METADATA_SERVICE_NUM_ATTEMPTS"),
            allowsVersion1: try !settings.flag("ec2_metadata_v1_disabled", variable: "AWS_EC2_METADATA_V1_DISABLED"),
            context: context)
    }

    private func isIPv6() throws(Diagnostic) -> Bool {
        let key = "ec2_metadata_service_endpoint_mode"
        let variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
        guard let mode = try settings.choice(key, variable: variable, of: ["ipv4", "ipv6"]) else {
            return try settings.flag("imds_use_ipv6", variable: "AWS_IMDS_USE_IPV6")
        }
        return mode == "ipv6"
    }

    private func number(_ key: String, _ variable: String) throws(Diagnostic) -> Int {
        try settings.count(key, variable: variable) ?? 1
    }
}
