import AWSClient
import ConfigurationManager
import DeploymentEngine
import Documents
import Profiles
import ResourceManager
import ServiceModel
import Testing

/// Names are derived where nothing of AWS's interfaces is known, and requests where nothing of names is: both know the
/// partitions.
@Suite struct PartitionTests {
    @Test(arguments: [
        "us-east-1", "cn-north-1", "us-gov-east-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1",
        "us-isof-south-1", "eusc-de-east-1", "xx-new-1",
    ])
    func areTheSameInNamesAndInRequests(region: String) throws {
        var request = ConfigurationRequest()
        request.name = .init("demo", flag: "--name")
        request.dataType = .init(.tabular, flag: "--type")
        request.provider = .init(.aws, flag: "--provider")
        request.assignments = [try .init(parsing: "providers.aws={region: \(region), cluster: main}", flag: "--set")]
        var loader = try ConfigurationLoader(
            profiles: DocumentTree(name: "profiles", embedded: BuiltInProfiles.files), request: request)
        let spec = DeploymentSpec(try loader.configuration(of: try #require(loader.declarations.first)))
        #expect(CloudFacts(spec).node.value("cluster", "partition")?.string == AWSPartition.of(region).id)
    }
}
