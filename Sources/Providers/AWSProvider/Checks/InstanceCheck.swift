import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Looks whether the zones of a node group's subnets have its machines, and whether the account's quotas have room for
/// them.
struct InstanceCheck: Sendable {
    let context: DriverContext
    private var api: AWSAPI { context.api }

    func problems(_ step: CloudPlan.Step) async throws -> [Diagnostic] {
        let types = (step.wanted["instanceTypes"]?.sequence ?? []).compactMap(\.string)
        async let offers = CloudPreflight.looking { try await offerProblem(types, step.wanted) }
        async let quotas = CloudPreflight.looking { try await quotaProblem(types, step) }
        return [try await offers ?? nil, try await quotas ?? nil].compactMap { $0 }
    }

    // MARK: Zones

    /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
    private func offerProblem(_ types: [String], _ wanted: Node) async throws -> Diagnostic? {
        async let subnetZones = zones(of: wanted["subnets"]?.sequence ?? [])
        let offers = try await offers(of: types)
        let zones = try await subnetZones
        guard !zones.isEmpty else { return nil }
        if offers.isEmpty {
            // Where nobody tells of any machine, as emulators do not, nothing is known of this one.
            guard try await areOffersTold() else { return nil }
            return Diagnostic(
                .error, .instance, "there are no \(types.joined(separator: ", ")) machines in \(api.region)",
                at: wanted["instanceTypes"]?.location, why: "EC2 offers none in any zone of the region",
                fix: "name other `scheduling.node_pool.instance_types`")
        }
        if types.contains(where: { type in offers.contains { $0.type == type && zones.contains($0.zone) } }) {
            return nil
        }
        let elsewhere = Set(offers.map(\.zone)).sorted()
        return Diagnostic(
            .error, .instance,
            "there are no \(types.joined(separator: ", ")) machines in \(zones.sorted().joined(separator: ", "))",
            at: wanted["instanceTypes"]?.location,
            why: "the subnets are in these zones; the machines are in \(elsewhere.joined(separator: ", "))",
            fix: "name other `scheduling.node_pool.instance_types`, or subnets in those zones as"
                + " `providers.aws.subnets`")
    }

    private func areOffersTold() async throws -> Bool {
        let answer = try await api.query(.ec2, "DescribeInstanceTypeOfferings", [("MaxResults", "5")])
        return answer["instanceTypeOfferingSet"]?.elements("item").isEmpty == false
    }

    private func zones(of subnets: [Node]) async throws -> Set<String> {
        let parameters = subnets.enumerated().map { ("SubnetId.\($0 + 1)", $1.string ?? "") }
        let answer = try await api.query(.ec2, "DescribeSubnets", parameters)
        return Set((answer["subnetSet"]?.elements("item") ?? []).compactMap { $0["availabilityZone"]?.string })
    }

    private func offers(of types: [String]) async throws -> [(type: String, zone: String)] {
        let parameters =
            [("LocationType", "availability-zone"), ("Filter.1.Name", "instance-type")]
            + types.enumerated().map { ("Filter.1.Value.\($0 + 1)", $1) }
        let answer = try await api.query(.ec2, "DescribeInstanceTypeOfferings", parameters)
        return (answer["instanceTypeOfferingSet"]?.elements("item") ?? []).compactMap { offer in
            guard let type = offer["instanceType"]?.string, let zone = offer["location"]?.string else { return nil }
            return (type, zone)
        }
    }

    // MARK: Quotas

    /// How many vCPUs of a family may run at once.
    /// https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
    private struct VCPUQuota {
        let code: String
        let name: String

        /// Nil for families that have quotas of their own.
        init?(type: String, isSpot: Bool) {
            let family = type.prefix { $0.isLetter }.lowercased()
            switch family {
            case "g", "vt", "gr":
                (code, name) =
                    isSpot
                    ? ("L-3819A6DF", "All G and VT Spot Instance Requests")
                    : ("L-DB2E81BA", "Running On-Demand G and VT instances")
            case "p":
                // P5 has a quota of its own for spare capacity.
                if isSpot, type.hasPrefix("p5") { return nil }
                (code, name) =
                    isSpot
                    ? ("L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests")
                    : ("L-417A185B", "Running On-Demand P instances")
            case let name
            where name.count > 1 && !name.hasPrefix("im") && !name.hasPrefix("is") && !name.hasPrefix("mac"): return nil
            case let name where !"acdhimrtz".contains(name.prefix(1)): return nil
            default:
                (code, name) =
                    isSpot
                    ? ("L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests")
                    : ("L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances")
            }
        }
    }

    /// Whether the nodes that there are to be at once are within what the account may run at all.
    private func quotaProblem(_ types: [String], _ step: CloudPlan.Step) async throws -> Diagnostic? {
        guard let type = types.first, let most = step.wanted.value("scalingConfig", "desiredSize"),
            let count = most.integer, count > 0,
            let quota = VCPUQuota(type: type, isSpot: step.wanted["capacityType"]?.string == "SPOT")
        else { return nil }
        async let size = vCPUs(of: type)
        guard let limit = try await limit(quota), let each = try await size, each * count > limit else { return nil }
        let fits = limit / each
        let location = step.resource.manifest.value("spec", "scalingConfig", "minSize")?.location ?? most.location
        return Diagnostic(
            .error, .quota, "the account may not run \(count) nodes of \(type)", at: location,
            why: "they have \(each * count) vCPUs, and the quota `\(quota.name)` is \(limit)",
            fix: fits > 0
                ? "ask for more in the Service Quotas console, or have fewer: \(fits) would fit"
                : "ask for more in the Service Quotas console, or choose smaller machines")
    }

    /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
    private func vCPUs(of type: String) async throws -> Int? {
        let answer = try await api.query(.ec2, "DescribeInstanceTypes", [("InstanceType.1", type)])
        return answer["instanceTypeSet"]?.elements("item").first?.value("vCpuInfo", "defaultVCpus")?.string
            .flatMap { Int($0) }
    }

    /// https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    private func limit(_ quota: VCPUQuota) async throws -> Int? {
        let answer: Node
        do {
            answer = try await api.json(
                .serviceQuotas, "GetServiceQuota", ["ServiceCode": "ec2", "QuotaCode": .string(quota.code)])
        } catch let error as AWSError where error.isNotFound || error.code == "NoSuchResourceException" {
            return nil
        }
        return answer.value("Quota", "Value")?.number.flatMap { Int($0.double) }
    }
}

extension Diagnostic.Code {
    static let instance = Self("aws.instance-type", .failed)
}
