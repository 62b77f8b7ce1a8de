/// The images of EKS that nodes for Linux containers are made of.
///
/// EKS has others that no node group of this tool can have: those of Windows, and `CUSTOM`, which comes with a launch
/// template. https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html (amiType)
package enum AMIType: String, CaseIterable, Sendable {
    case al2023x86 = "AL2023_x86_64_STANDARD"
    case al2023x86NVIDIA = "AL2023_x86_64_NVIDIA"
    case al2023x86Neuron = "AL2023_x86_64_NEURON"
    case al2023ARM = "AL2023_ARM_64_STANDARD"
    case al2023ARMNVIDIA = "AL2023_ARM_64_NVIDIA"
    case bottlerocketX86 = "BOTTLEROCKET_x86_64"
    case bottlerocketX86FIPS = "BOTTLEROCKET_x86_64_FIPS"
    case bottlerocketX86NVIDIA = "BOTTLEROCKET_x86_64_NVIDIA"
    case bottlerocketX86NVIDIAFIPS = "BOTTLEROCKET_x86_64_NVIDIA_FIPS"
    case bottlerocketARM = "BOTTLEROCKET_ARM_64"
    case bottlerocketARMFIPS = "BOTTLEROCKET_ARM_64_FIPS"
    case bottlerocketARMNVIDIA = "BOTTLEROCKET_ARM_64_NVIDIA"
    case bottlerocketARMNVIDIAFIPS = "BOTTLEROCKET_ARM_64_NVIDIA_FIPS"
    case al2x86 = "AL2_x86_64"
    case al2x86GPU = "AL2_x86_64_GPU"
    case al2ARM = "AL2_ARM_64"

    package var architecture: Architecture { rawValue.contains("_ARM_64") ? .arm : .x86 }

    /// What a group gets whose configuration names none.
    package static func usual(for architecture: Architecture, hasGPU: Bool) -> AMIType {
        switch architecture {
        case .x86: hasGPU ? .al2023x86NVIDIA : .al2023x86
        case .arm: hasGPU ? .al2023ARMNVIDIA : .al2023ARM
        }
    }
}
