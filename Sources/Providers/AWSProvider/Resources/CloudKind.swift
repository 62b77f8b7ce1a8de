import ServiceModel

/// The kinds of resources that a service can have at AWS, in the order in which they are made. They are deleted in the
/// opposite one.
enum CloudKind: String, CaseIterable {
    case logGroup = "LogGroup"
    case bucket = "Bucket"
    case role = "IAMRole"
    case podIdentityAssociation = "PodIdentityAssociation"
    case nodeRole = "NodeRole"
    case nodeGroup = "NodeGroup"
    case distribution = "Distribution"

    func driver(_ context: DriverContext) -> any ResourceDriver {
        switch self {
        case .logGroup: LogGroupDriver(context: context)
        case .bucket: BucketDriver(context: context)
        case .role, .nodeRole: RoleDriver(context: context)
        case .podIdentityAssociation: PodIdentityDriver(context: context)
        case .nodeGroup: NodeGroupDriver(context: context)
        case .distribution: DistributionDriver(context: context)
        }
    }

    /// Whether the pods cannot do without it: such ones are made before them.
    var precedesPods: Bool { self != .distribution }
}

extension Resource.Identity {
    /// Nil for a Kubernetes object.
    var cloudKind: CloudKind? { isCloud ? CloudKind(rawValue: kind) : nil }
}
