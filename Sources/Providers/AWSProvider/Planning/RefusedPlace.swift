import AWSClient
import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel

/// The configuration line behind what AWS refuses of a resource.
///
/// Nobody can open the tool's own templates; what they are filled with stands at the lines that it follows from. So the
/// value that AWS names in its refusal tells the line; where it names none, the field that the operation is about; and
/// at last the resource's name, which stands at the line that asks for the resource.
enum RefusedPlace {
    static func place(_ error: AWSError, of resource: Resource) -> SourceLocation {
        let told = resource.manifest["spec"]?.values(except: names + ["tags", "labels", "taints"])
            .filter { isConfigured($0.location, resource) && error.message.tells($0.text) }
            .max { $0.text.count < $1.text.count }
        let field = fields.first { error.operation.hasPrefix($0.operation) }?.field
        return told?.location ?? place(of: field ?? "", of: resource)
    }

    /// The line that a field of the resource's specification follows from, or else the one that asks for the resource.
    static func place(of field: String, of resource: Resource) -> SourceLocation {
        let value = resource.manifest.value("spec", field)
        let locations = [value?.location].compactMap(\.self) + (value?.values().map(\.location) ?? [])
        return locations.first { isConfigured($0, resource) } ?? origin(of: resource)
    }

    /// The line that the resource's name follows from, or one of the names that it is about; its template's where none is
    /// known.
    static func origin(of resource: Resource) -> SourceLocation {
        let spec = resource.manifest["spec"]
        return names.lazy.compactMap { spec?[$0]?.location }.first { isConfigured($0, resource) }
            ?? resource.manifest.location
    }

    /// What was not filled in stands in the template, which is a file only where it is the user's own.
    private static func isConfigured(_ location: SourceLocation, _ resource: Resource) -> Bool {
        guard location.isKnown else { return false }
        return location.file != resource.manifest.location.file
            || FileManager.default.fileExists(atPath: location.file.name)
    }

    /// The fields that name resources.
    private static let names = [
        "name", "namePrefix", "roleName", "logGroupName", "serviceAccount", "place",
    ]

    private static let fields: [(operation: String, field: String)] = [
        ("ec2:DescribeSubnets", "subnets"),
        ("ec2:DescribeInstanceType", "instanceTypes"),
        ("logs:PutRetentionPolicy", "retentionInDays"),
        ("s3:PutBucketEncryption", "encryption"),
        ("s3:PutBucketLifecycleConfiguration", "expireNoncurrentDays"),
        ("iam:PutRolePermissionsBoundary", "permissionsBoundary"),
        ("secretsmanager:", "secrets"),
    ]
}

extension Node {
    /// Texts in all depths, and where they stand.
    fileprivate func values(except keys: [String] = []) -> [(text: String, location: SourceLocation)] {
        switch content {
        case .mapping(let mapping):
            mapping.entries.filter { !keys.contains($0.key) }.flatMap { $0.value.values() }
        case .sequence(let items): items.flatMap { $0.values() }
        case .string(let text): [(text, location)]
        default: []
        }
    }
}
