import Diagnostics
import Documents
import ServiceModel

/// What EKS says of a node group that does not come up, in words that tell what to do.
///
/// https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html
enum NodeGroupIssue {
    /// - Parameter why: `AsgInstanceLaunchFailures: …`
    static func problem(_ why: String, _ step: CloudPlan.Step) -> Diagnostic {
        let advice = advices.first { why.contains($0.key) }
        let place = RefusedPlace.place(of: advice?.field ?? "", of: step.resource)
        return Diagnostic(
            .error, .nodeGroup, "the node group does not come up", at: place, why: why,
            fix: advice?.fix ?? "look at the node group in the EKS console; deploy again when it is mended")
    }

    private static let advices: [(key: String, field: String, fix: String)] = [
        (
            "InsufficientInstanceCapacity", "instanceTypes",
            "the zone has no such machines left: name further `scheduling.node_pool.instance_types`, or other subnets"
        ),
        (
            "VcpuLimitExceeded", "instanceTypes",
            "ask for more of the quota `Running On-Demand instances` (vCPUs) in the Service Quotas console"
        ),
        (
            "MaxSpotInstanceCountExceeded", "capacityType",
            "ask for more of the quota `All Spot Instance Requests`, or set `scheduling.node_pool.spot: false`"
        ),
        ("UnfulfillableCapacity", "capacityType", "there is no spare capacity: name further instance types"),
        ("InstanceLimitExceeded", "instanceTypes", "ask for more instances in the Service Quotas console"),
        (
            "NodeCreationFailure", "subnets",
            "the nodes did not join: see that their subnets reach the cluster's endpoint, ECR and S3"
        ),
        ("InsufficientFreeAddresses", "subnets", "the subnets have no addresses left: name others"),
        (
            "Ec2SubnetInvalidConfiguration", "subnets",
            "the subnets give their instances no public address, which nodes there need: turn it on, or name others"
        ),
        ("IamNodeRoleNotFound", "nodeRole", "deploy again: the role of the nodes is made anew"),
        ("IamInstanceProfileNotFound", "nodeRole", "deploy again: the role of the nodes is made anew"),
        ("AccessDenied", "nodeRole", "see what the role of the nodes may do"),
        (
            "AsgInstanceLaunchFailures", "instanceTypes",
            "see in the Auto Scaling console why the instances were not started"
        ),
        ("ClusterUnreachable", "subnets", "the nodes cannot reach the cluster's endpoint"),
    ]
}

extension Diagnostic.Code {
    static let nodeGroup = Self("aws.node-group", .failed)
}
