package import Diagnostics
import Documents
import ResourceManager
import ServiceModel

/// What AWS asks beyond what all clouds do.
extension CrossFieldRules {
    mutating func checkSecretReferences() {
        guard areValid("security.cloud_secrets", "providers.aws.region") else { return }
        let region = settings.value("providers", "aws", "region")
        for secret in settings.value("security", "cloud_secrets")?.sequence ?? [] {
            guard let reference = secret["reference"], let text = reference.string,
                let problem = CloudNameSyntax.problem(withAWSSecret: text, in: region?.string)
            else { continue }
            report(
                .secretReference, "`\(text.abridged)` is no secret of AWS Secrets Manager", at: reference.location,
                why: problem, fix: "write the secret's name, for example `prod/database`, or its ARN")
        }
    }

    mutating func checkNodeImage(_ pool: Node) {
        guard areValid("providers.aws.ami_type", "resources"),
            let image = settings.value("providers", "aws", "ami_type"),
            let type = image.string.flatMap(AMIType.init), let size = ReplicaSize(settings: settings),
            case .success(let choice) = NodePool.choice(settings, size, at: .aws), let machine = choice.types.first
        else { return }
        let architecture = Architecture(of: machine, at: .aws)
        guard type.architecture != architecture else { return }
        let usual = AMIType.usual(for: architecture, hasGPU: size.gpu != nil)
        report(
            .nodeImage, "the image `\(type.rawValue)` does not start on `\(machine)`", at: image.location,
            why: "the image is for \(type.architecture.rawValue), the machine is \(architecture.rawValue)",
            fix: "write `\(usual.rawValue)`, leave `providers.aws.ami_type` out, or name other machines",
            notes: (pool["instance_types"]?.sequence?.first?.location).map {
                [.init("the machine is named here", at: $0)]
            }
                ?? [])
    }

    /// GiB of a node's disk: no volume is smaller than the snapshot that its image is made of, and none of EBS's usual
    /// ones is larger.
    ///
    /// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html (diskSize: 20 for Linux)
    /// https://github.com/cilium/cilium/pull/43051 (the refusal: `expect size>= 20GB`)
    /// https://docs.aws.amazon.com/ebs/latest/userguide/volume_constraints.html
    private static let nodeDisk = 20...(16 << 10)

    mutating func checkNodeDisk(_ pool: Node) {
        guard let disk = pool["disk_size"], let size = disk.string.flatMap(Quantity.init) else { return }
        let gibibytes = (size.units + (1 << 30) - 1) >> 30
        guard !Self.nodeDisk.contains(gibibytes) else { return }
        report(
            .nodeDisk, "a node cannot have a disk of \(disk.plainText)", at: disk.location,
            why: "the images of EKS for Linux need 20Gi, and a volume of EBS has 16Ti at most",
            fix: "write a size from 20Gi to 16Ti, for example `100Gi`")
    }
}

extension Diagnostic.Code {
    package static let secretReference = Self("config.secret-reference")
    package static let nodeImage = Self("config.node-image")
    package static let nodeDisk = Self("config.node-disk")
}
