import ServiceModel

/// StorageClasses of the clouds whose volumes are disks, which one node alone may mount.
///
/// - EKS: https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
/// - GKE: https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes
/// - AKS: https://learn.microsoft.com/azure/aks/concepts-storage#storage-classes
enum BlockStorage {
    /// What the built-in profiles call their classes; a cluster's owner decides what is behind them.
    static let builtInClasses = ["standard", "fast-ssd", "ultra-ssd"]

    /// Nil where no provider's own classes are known.
    static func classes(at provider: ProviderKind) -> [String]? {
        switch provider {
        case .aws: ["gp2", "gp3", "io1", "io2", "st1", "sc1"]
        case .gcp: ["standard", "standard-rwo", "premium-rwo"]
        case .azure: ["default", "managed", "managed-csi", "managed-csi-premium", "managed-premium"]
        case .local, .onprem: nil
        }
    }

    /// A class of that provider whose volumes many nodes may mount.
    static func sharedClass(at provider: ProviderKind) -> String {
        switch provider {
        case .aws: "efs-sc"
        case .gcp: "standard-rwx"
        default: "azurefile-csi"
        }
    }
}
