import ResourceManager
import ServiceModel
import Testing

@Suite struct InstanceChoiceTests {
    struct Case: CustomTestStringConvertible {
        let provider: ProviderKind
        /// CPUs, memory, and GPUs as `2 nvidia-tesla-v100 32Gi`.
        let size: (String, String, String?)
        let types: [String]
        let perNode: Int

        init(_ provider: ProviderKind, _ size: (String, String, String?), _ types: [String], _ perNode: Int) {
            self.provider = provider
            self.size = size
            self.types = types
            self.perNode = perNode
        }

        var testDescription: String { "\(provider) \(size.0) \(size.1) \(size.2 ?? "")" }
    }

    /// The six data types' own sizes and each kind of GPU at each cloud.
    static let cases = [
        // A machine with exactly what a replica asks for is too small: its system keeps a part.
        Case(.aws, ("4", "16Gi", nil), ["m7i.2xlarge"], 1),
        Case(.aws, ("8", "32Gi", nil), ["m7i.4xlarge"], 1),
        Case(.aws, ("4", "32Gi", nil), ["r7i.2xlarge"], 1),
        Case(.aws, ("2", "3Gi", nil), ["c7i.xlarge"], 1),
        Case(.aws, ("500m", "1Gi", nil), ["c7i.large"], 2),
        Case(.aws, ("100", "64Gi", nil), [], 0),
        Case(.aws, ("8", "32Gi", "1 nvidia-tesla-t4 16Gi"), ["g4dn.4xlarge"], 1),
        Case(.aws, ("3", "12Gi", "1 nvidia-tesla-t4"), ["g4dn.xlarge"], 1),
        Case(.aws, ("3", "12Gi", "4 nvidia-tesla-t4"), ["g4dn.12xlarge"], 1),
        Case(.aws, ("4", "16Gi", "1 nvidia-tesla-v100"), ["p3.2xlarge"], 1),
        Case(.aws, ("16", "64Gi", "2 nvidia-tesla-v100 32Gi"), ["p3dn.24xlarge"], 4),
        Case(.aws, ("8", "32Gi", "1 nvidia-a10g"), ["g5.4xlarge"], 1),
        Case(.aws, ("4", "16Gi", "1 nvidia-l4"), ["g6.2xlarge"], 1),
        Case(.aws, ("4", "40Gi", "1 nvidia-l40s"), ["g6e.2xlarge"], 1),
        Case(.aws, ("8", "64Gi", "1 nvidia-tesla-a100"), ["p4d.24xlarge"], 8),
        Case(.aws, ("8", "64Gi", "1 nvidia-a100-80gb"), ["p4de.24xlarge"], 8),
        Case(.aws, ("8", "64Gi", "1 nvidia-h100"), ["p5.4xlarge"], 1),
        Case(.aws, ("8", "64Gi", "2 nvidia-h100-80gb"), ["p5.48xlarge"], 4),
        Case(.aws, ("1", "1Gi", "1 nvidia-unheard-of"), [], 0),
        Case(.gcp, ("4", "16Gi", nil), ["n2-standard-8"], 1),
        Case(.gcp, ("4", "32Gi", nil), ["n2-highmem-8"], 1),
        Case(.gcp, ("8", "32Gi", "1 nvidia-tesla-t4 16Gi"), ["n1-standard-16"], 1),
        // Two of these go with 24 CPUs at most, so that it takes the machine that has four.
        Case(.gcp, ("16", "64Gi", "2 nvidia-tesla-v100 16Gi"), ["n1-standard-32"], 1),
        // Google's V100 has 16 GiB.
        Case(.gcp, ("16", "64Gi", "2 nvidia-tesla-v100 32Gi"), [], 0),
        Case(.gcp, ("4", "16Gi", "1 nvidia-l4"), ["g2-standard-8"], 1),
        Case(.gcp, ("8", "64Gi", "1 nvidia-a100-80gb"), ["a2-ultragpu-1g"], 1),
        Case(.azure, ("4", "16Gi", nil), ["Standard_D8s_v5"], 1),
        Case(.azure, ("8", "32Gi", "1 nvidia-tesla-t4 16Gi"), ["Standard_NC16as_T4_v3"], 1),
        Case(.azure, ("16", "64Gi", "2 nvidia-tesla-v100 32Gi"), ["Standard_ND40rs_v2"], 2),
        Case(.azure, ("8", "64Gi", "1 nvidia-tesla-a100 40Gi"), ["Standard_NC24ads_A100_v4"], 1),
    ]

    @Test(arguments: cases) func theSmallestMachineWithRoomIsChosen(service: Case) throws {
        let size = try Self.size(service.size)
        guard !service.types.isEmpty else {
            let missing = #expect(throws: InstanceChoice.Missing.self) {
                try InstanceChoice.choice(for: size, at: service.provider)
            }
            #expect(missing?.why.contains(service.size.1) == true)
            return
        }
        let choice = try InstanceChoice.choice(for: size, at: service.provider)
        #expect(choice.types == service.types)
        #expect(choice.replicasPerNode == service.perNode)
        #expect(choice.reason.contains("\(size)"))
    }

    @Test func spareCapacityIsTakenFromMachinesOfTheSameSize() throws {
        let size = try Self.size(("4", "16Gi", nil))
        let choice = try InstanceChoice.choice(for: size, at: .aws, isSpot: true)
        #expect(choice.types == ["m7i.2xlarge", "m6i.2xlarge", "m5.2xlarge"])
        #expect(InstanceCatalogue.of(.aws).type(named: "m5.2xlarge")?.virtualCPUs == 8)
    }

    @Test func namedTypesAreTakenAsTheyAre() throws {
        let size = try Self.size(("4", "16Gi", nil))
        let known = try InstanceChoice.choice(for: size, at: .aws, offered: ["m7i.4xlarge", "m7i.2xlarge"])
        #expect(known.types == ["m7i.4xlarge", "m7i.2xlarge"])
        #expect(known.replicasPerNode == 1)
        let unknown = try InstanceChoice.choice(for: size, at: .aws, offered: ["z9.huge"])
        #expect(unknown.types == ["z9.huge"])
        #expect(unknown.replicasPerNode == nil)
        #expect(unknown.nodes(for: 3) == 3)
        let small = try InstanceChoice.choice(for: size, at: .aws, offered: ["m7i.large"])
        #expect(small.replicasPerNode == 0)
    }

    @Test(arguments: [
        ("m7i.large", ProviderKind.aws, Architecture.x86), ("m7g.large", .aws, .arm), ("c7gn.large", .aws, .arm),
        ("g5.xlarge", .aws, .x86), ("g5g.xlarge", .aws, .arm), ("g4dn.xlarge", .aws, .x86), ("im4gn.large", .aws, .arm),
        ("a1.large", .aws, .arm), ("n2-standard-4", .gcp, .x86), ("t2a-standard-4", .gcp, .arm),
        ("Standard_D4ps_v5", .azure, .arm), ("Standard_D4s_v5", .azure, .x86), ("Standard_NC4as_T4_v3", .azure, .x86),
    ])
    func theNameTellsTheArchitecture(name: String, provider: ProviderKind, architecture: Architecture) {
        #expect(Architecture(of: name, at: provider) == architecture)
    }

    private static func size(_ text: (String, String, String?)) throws -> ReplicaSize {
        let gpu = try text.2.map { gpu in
            let parts = gpu.split(separator: " ").map(String.init)
            return GPURequirement(
                type: parts[1], count: try #require(Int(parts[0])), memory: parts.count > 2 ? Quantity(parts[2]) : nil)
        }
        return ReplicaSize(cpu: try #require(Quantity(text.0)), memory: try #require(Quantity(text.1)), gpu: gpu)
    }
}
