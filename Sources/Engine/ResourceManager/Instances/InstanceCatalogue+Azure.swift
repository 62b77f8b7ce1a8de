/// https://learn.microsoft.com/azure/virtual-machines/sizes/overview
extension InstanceCatalogue {
    static let azure = InstanceCatalogue(
        family("F", "s_v2", perCPU: 2, [2, 4, 8, 16, 32, 48, 64, 72])
            + family("D", "s_v5", perCPU: 4, [2, 4, 8, 16, 32, 48, 64, 96])
            + family("E", "s_v5", perCPU: 8, [2, 4, 8, 16, 20, 32, 48, 64]) + accelerated)

    private static func family(
        _ series: String, _ version: String, perCPU gibibytes: Double, _ sizes: [Int]
    ) -> [InstanceType] {
        sizes.map { InstanceType("Standard_\(series)\($0)\(version)", $0, gibibytes: Double($0) * gibibytes) }
    }

    private static let accelerated =
        gpus(
            "t4", 16,
            [
                ("NC4as_T4_v3", 4, 28, 1), ("NC8as_T4_v3", 8, 56, 1), ("NC16as_T4_v3", 16, 110, 1),
                ("NC64as_T4_v3", 64, 440, 4),
            ])
        + gpus("v100", 16, [("NC6s_v3", 6, 112, 1), ("NC12s_v3", 12, 224, 2), ("NC24s_v3", 24, 448, 4)])
        + gpus("v100", 32, [("ND40rs_v2", 40, 672, 8)])
        + gpus("a10", 24, [("NV36ads_A10_v5", 36, 440, 1), ("NV72ads_A10_v5", 72, 880, 2)])
        + gpus("a100", 40, [("ND96asr_v4", 96, 900, 8)])
        + gpus(
            "a100", 80,
            [
                ("NC24ads_A100_v4", 24, 220, 1), ("NC48ads_A100_v4", 48, 440, 2), ("NC96ads_A100_v4", 96, 880, 4),
                ("ND96amsr_A100_v4", 96, 1900, 8),
            ])
        + gpus("h100", 94, [("NC40ads_H100_v5", 40, 320, 1), ("NC80adis_H100_v5", 80, 640, 2)])
        + gpus("h100", 80, [("ND96isr_H100_v5", 96, 1900, 8)])
        + gpus("h200", 141, [("ND96isr_H200_v5", 96, 1850, 8)])

    private static func gpus(
        _ model: String, _ gibibytes: Int, _ sizes: [(String, Int, Double, Int)]
    ) -> [InstanceType] {
        sizes.map { size, cpus, memory, count in
            InstanceType("Standard_\(size)", cpus, gibibytes: memory, gpus: .init(model, count, gibibytes: gibibytes))
        }
    }
}
