package import ServiceModel

/// The GPUs that are known by name, and the memory that one of each can have.
///
/// From NVIDIA's data sheets; several sizes where a model comes in several.
package enum GPUCatalogue {
    private static let gibibytes: [String: [Int]] = [
        "nvidia-tesla-k80": [12], "nvidia-tesla-p4": [8], "nvidia-tesla-p100": [12, 16], "nvidia-tesla-t4": [16],
        "nvidia-tesla-v100": [16, 32], "nvidia-tesla-a100": [40, 80], "nvidia-a100": [40, 80],
        "nvidia-a100-80gb": [80], "nvidia-a10g": [24], "nvidia-l4": [24], "nvidia-l40s": [48], "nvidia-h100": [80, 94],
        "nvidia-h100-80gb": [80], "nvidia-h200-141gb": [141],
    ]

    package static var names: [String] { gibibytes.keys.sorted() }

    /// The sizes of memory that `type` comes with; nil for an unknown model.
    package static func memory(of type: String) -> [Quantity]? {
        gibibytes[type]?.map { Quantity(milli: $0 * (1 << 30) * 1000) }
    }

    /// The model without maker, line and size of memory: `a100` for `nvidia-a100-80gb`.
    static func model(of type: String) -> String {
        let parts = type.split(separator: "-").filter { !["nvidia", "tesla"].contains($0) && !$0.hasSuffix("gb") }
        return parts.joined(separator: "-")
    }
}
