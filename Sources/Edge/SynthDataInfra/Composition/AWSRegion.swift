import AWSClient
import ConfigurationManager
import Diagnostics
import Documents
import ServiceModel

/// The region that AWS's own settings name, for a configuration that names none.
enum AWSRegion {
    /// The region, at the variable or the line of the profile that names it; nil where nothing does.
    ///
    /// - Throws: ``Diagnostic`` of settings that cannot be read, and of a region that could be no part of a host's name.
    ///   https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    static func find(_ environment: [String: String]) throws(Diagnostic) -> Node? {
        if let region = environment["AWS_REGION"], !region.isEmpty {
            return try checked(region, at: SourceLocation(file: SourceFile("AWS_REGION")))
        }
        let settings = try ProfileSettings(environment: environment)
        guard let region = try settings.text("region", variable: "AWS_DEFAULT_REGION") else { return nil }
        return try checked(region, at: settings.location(of: "region", variable: "AWS_DEFAULT_REGION"))
    }

    /// As the key of the configuration is checked.
    private static func checked(_ region: String, at location: SourceLocation) throws(Diagnostic) -> Node {
        if let problem = DNSLabel.problem(with: region) {
            throw Diagnostic(
                .error, .invalidValue, "`providers.aws.region` cannot be `\(region)`", at: location, why: problem,
                fix: "write for example `eu-west-1`")
        }
        return .string(region, at: location)
    }
}

extension CompositionRoot {
    /// The same place, in the region that AWS's own settings name where the configuration names none.
    ///
    /// - Throws: ``Diagnostic`` where nothing names one.
    func regional(_ place: CloudPlace) throws(Diagnostic) -> CloudPlace {
        guard place["region"] == nil else { return place }
        guard let region = try AWSRegion.find(environment) else {
            throw Diagnostic(
                .error, .region, "no region is named", why: "nothing says in which region of AWS the cluster is",
                fix: "set `providers.aws.region`, or AWS_REGION; commands that read no file of a service take it as"
                    + " --region")
        }
        return place.with("region", region)
    }
}

extension Diagnostic.Code {
    static let region = Self("aws.no-region")
}
