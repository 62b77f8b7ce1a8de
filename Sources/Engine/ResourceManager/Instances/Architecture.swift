package import ServiceModel

/// The instruction set of a machine type: an image of nodes is made for one.
package enum Architecture: String, Sendable, Hashable {
    case x86 = "x86_64"
    case arm = "arm64"

    /// Told by the clouds' rules for names.
    ///
    /// - AWS: a `g` behind the number of the generation, as in `m7g`, `c7gn`, and the first family `a1`.
    ///   https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    /// - Google: the families `t2a` and those that end in `a` behind a number from 4 on, as `c4a`, `n4a`.
    /// - Azure: a `p` among the small letters behind the number of CPUs, as in `Standard_D4ps_v5`.
    ///   https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
    package init(of type: String, at provider: ProviderKind) {
        let isARM: Bool
        switch provider {
        case .aws:
            let family = type.prefix { $0 != "." }
            let letters = family.drop { !$0.isNumber }.drop(while: \.isNumber)
            isARM = letters.hasPrefix("g") || family == "a1"
        case .gcp:
            isARM = ["t2a", "c4a", "n4a"].contains(type.prefix { $0 != "-" })
        case .azure:
            let size = type.split(separator: "_").dropFirst().first ?? ""
            isARM = size.drop { !$0.isNumber }.contains("p")
        case .local, .onprem:
            isARM = false
        }
        self = isARM ? .arm : .x86
    }
}
