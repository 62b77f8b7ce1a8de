/// https://aws.amazon.com/ec2/instance-types/ and the tables behind it.
extension InstanceCatalogue {
    static let aws = InstanceCatalogue(
        family("c7i", perCPU: 2) + family("m7i", perCPU: 4) + family("r7i", perCPU: 8) + accelerated,
        equals: ["c7i": ["c6i", "c5"], "m7i": ["m6i", "m5"], "r7i": ["r6i", "r5"]])

    private static func family(_ name: String, perCPU gibibytes: Double) -> [InstanceType] {
        [2, 4, 8, 16, 32, 48, 64, 96].map { count in
            let size = count == 2 ? "large" : count == 4 ? "xlarge" : "\(count / 4)xlarge"
            return InstanceType("\(name).\(size)", count, gibibytes: Double(count) * gibibytes)
        }
    }

    private static let accelerated =
        gpus(
            "g4dn", "t4", 16,
            [
                ("xlarge", 4, 16, 1), ("2xlarge", 8, 32, 1), ("4xlarge", 16, 64, 1), ("8xlarge", 32, 128, 1),
                ("16xlarge", 64, 256, 1), ("12xlarge", 48, 192, 4), ("metal", 96, 384, 8),
            ])
        + gpus("p3", "v100", 16, [("2xlarge", 8, 61, 1), ("8xlarge", 32, 244, 4), ("16xlarge", 64, 488, 8)])
        + gpus("p3dn", "v100", 32, [("24xlarge", 96, 768, 8)])
        + gpus(
            "g5", "a10g", 24,
            [
                ("xlarge", 4, 16, 1), ("2xlarge", 8, 32, 1), ("4xlarge", 16, 64, 1), ("8xlarge", 32, 128, 1),
                ("16xlarge", 64, 256, 1), ("12xlarge", 48, 192, 4), ("24xlarge", 96, 384, 4), ("48xlarge", 192, 768, 8),
            ])
        + gpus(
            "g6", "l4", 24,
            [
                ("xlarge", 4, 16, 1), ("2xlarge", 8, 32, 1), ("4xlarge", 16, 64, 1), ("8xlarge", 32, 128, 1),
                ("16xlarge", 64, 256, 1), ("12xlarge", 48, 192, 4), ("24xlarge", 96, 384, 4), ("48xlarge", 192, 768, 8),
            ])
        + gpus(
            "g6e", "l40s", 48,
            [
                ("xlarge", 4, 32, 1), ("2xlarge", 8, 64, 1), ("4xlarge", 16, 128, 1), ("8xlarge", 32, 256, 1),
                ("16xlarge", 64, 512, 1), ("12xlarge", 48, 384, 4), ("24xlarge", 96, 768, 4),
                ("48xlarge", 192, 1536, 8),
            ])
        + gpus("p4d", "a100", 40, [("24xlarge", 96, 1152, 8)])
        + gpus("p4de", "a100", 80, [("24xlarge", 96, 1152, 8)])
        + gpus("p5", "h100", 80, [("4xlarge", 16, 256, 1), ("48xlarge", 192, 2048, 8)])
        + gpus("p5e", "h200", 141, [("48xlarge", 192, 2048, 8)])

    private static func gpus(
        _ family: String, _ model: String, _ gibibytes: Int, _ sizes: [(String, Int, Double, Int)]
    ) -> [InstanceType] {
        sizes.map { size, cpus, memory, count in
            InstanceType("\(family).\(size)", cpus, gibibytes: memory, gpus: .init(model, count, gibibytes: gibibytes))
        }
    }
}
