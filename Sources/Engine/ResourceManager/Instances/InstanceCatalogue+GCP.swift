/// https://cloud.google.com/compute/docs/general-purpose-machines and
/// https://cloud.google.com/compute/docs/gpus
extension InstanceCatalogue {
    static let gcp = InstanceCatalogue(
        general("n2-highcpu", perCPU: 1) + general("n2-standard", perCPU: 4) + general("n2-highmem", perCPU: 8)
            + attached + built)

    private static func general(_ family: String, perCPU gibibytes: Double) -> [InstanceType] {
        [2, 4, 8, 16, 32, 48, 64, 80, 96].map {
            InstanceType("\(family)-\($0)", $0, gibibytes: Double($0) * gibibytes)
        }
    }

    /// GPUs that are attached to machines of the family N1, with the most virtual CPUs that so many of them allow.
    private static let attached =
        n1("nvidia-tesla-t4", "t4", 16, [(1, 48), (2, 48), (4, 96)])
        + n1("nvidia-tesla-p4", "p4", 8, [(1, 24), (2, 48), (4, 96)])
        + n1("nvidia-tesla-p100", "p100", 16, [(1, 16), (2, 32), (4, 96)])
        + n1("nvidia-tesla-v100", "v100", 16, [(1, 12), (2, 24), (4, 48), (8, 96)])

    private static func n1(
        _ accelerator: String, _ model: String, _ gibibytes: Int, _ limits: [(Int, Int)]
    ) -> [InstanceType] {
        limits.flatMap { count, most in
            [("standard", 3.75), ("highmem", 6.5)].flatMap { kind, perCPU in
                [2, 4, 8, 16, 32, 64, 96].filter { $0 <= most }.map {
                    InstanceType(
                        "n1-\(kind)-\($0)", $0, gibibytes: Double($0) * perCPU,
                        gpus: .init(model, count, gibibytes: gibibytes, accelerator: accelerator))
                }
            }
        }
    }

    /// Machines that come with their GPUs.
    private static let built =
        gpus(
            "nvidia-l4", "l4", 24,
            [
                ("g2-standard-4", 4, 16, 1), ("g2-standard-8", 8, 32, 1), ("g2-standard-12", 12, 48, 1),
                ("g2-standard-16", 16, 64, 1), ("g2-standard-32", 32, 128, 1), ("g2-standard-24", 24, 96, 2),
                ("g2-standard-48", 48, 192, 4), ("g2-standard-96", 96, 384, 8),
            ])
        + gpus(
            "nvidia-tesla-a100", "a100", 40,
            [
                ("a2-highgpu-1g", 12, 85, 1), ("a2-highgpu-2g", 24, 170, 2), ("a2-highgpu-4g", 48, 340, 4),
                ("a2-highgpu-8g", 96, 680, 8), ("a2-megagpu-16g", 96, 1360, 16),
            ])
        + gpus(
            "nvidia-a100-80gb", "a100", 80,
            [
                ("a2-ultragpu-1g", 12, 170, 1), ("a2-ultragpu-2g", 24, 340, 2), ("a2-ultragpu-4g", 48, 680, 4),
                ("a2-ultragpu-8g", 96, 1360, 8),
            ])
        + gpus(
            "nvidia-h100-80gb", "h100", 80,
            [
                ("a3-highgpu-1g", 26, 234, 1), ("a3-highgpu-2g", 52, 468, 2), ("a3-highgpu-4g", 104, 936, 4),
                ("a3-highgpu-8g", 208, 1872, 8),
            ])
        + gpus("nvidia-h200-141gb", "h200", 141, [("a3-ultragpu-8g", 224, 2952, 8)])

    private static func gpus(
        _ accelerator: String, _ model: String, _ gibibytes: Int, _ sizes: [(String, Int, Double, Int)]
    ) -> [InstanceType] {
        sizes.map { name, cpus, memory, count in
            InstanceType(
                name, cpus, gibibytes: memory,
                gpus: .init(model, count, gibibytes: gibibytes, accelerator: accelerator))
        }
    }
}
