import Diagnostics

extension AWSEndpoints {
    /// Those that the environment and the profile choose.
    ///
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    package init(_ settings: ProfileSettings) throws {
        let ignored = try settings.flag(
            "ignore_configured_endpoint_urls", variable: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        var chosen: [String: (url: String, setting: String)] = [:]
        for service in AWSService.all where !ignored {
            chosen[service.id] = try Self.chosen(service, settings)
        }
        self.init(
            usesFIPS: try settings.flag("use_fips_endpoint", variable: "AWS_USE_FIPS_ENDPOINT"),
            usesDualStack: try settings.flag("use_dualstack_endpoint", variable: "AWS_USE_DUALSTACK_ENDPOINT")
        ) { [chosen] in chosen[$0.id] }
    }

    private static func chosen(
        _ service: AWSService, _ settings: ProfileSettings
    ) throws -> (url: String, setting: String)? {
        for name in ["AWS_ENDPOINT_URL_\(service.id.uppercased())", "AWS_ENDPOINT_URL"] {
            if let url = settings.environment[name], !url.isEmpty { return (url, name) }
        }
        return try settings.endpointURL(service: service.id).map { ($0.url, "\($0.location)") }
    }
}
