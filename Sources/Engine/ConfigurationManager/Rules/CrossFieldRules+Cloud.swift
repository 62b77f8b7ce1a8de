package import Diagnostics
import Documents
import ResourceManager
import ServiceModel

/// What a cloud asks of the resources that it makes for a service.
extension CrossFieldRules {
    mutating func checkCloud() {
        checkBucketName()
        checkEncryptionKey()
        checkServedKey()
        checkCloudSecrets()
        if provider == .aws { checkSecretReferences() }
        guard areValid("scheduling.node_pool"), let pool = settings.value("scheduling", "node_pool"),
            pool["enabled"]?.bool == true
        else { return }
        if let name = pool["name"], let text = name.string,
            let problem = CloudNameSyntax.problem(withNodePool: text, at: provider)
        {
            report(
                .cloudName, "`\(text)` cannot name a node pool", at: name.location, why: problem,
                fix: "choose another name, or leave it out: one is derived then")
        }
        checkInstanceTypes(pool)
        checkNodes(pool)
        if provider == .aws {
            checkNodeImage(pool)
            checkNodeDisk(pool)
        }
    }

    private mutating func checkBucketName() {
        guard areValid("storage.bucket"), let bucket = settings.value("storage", "bucket"),
            bucket["enabled"]?.bool == true, let name = bucket["name"], let text = name.string,
            let problem = CloudNameSyntax.problem(withBucket: text, at: provider)
        else { return }
        report(
            .cloudName, "`\(text)` cannot name a bucket", at: name.location, why: problem,
            fix: "choose another name, or leave it out: one is derived then")
    }

    private mutating func checkEncryptionKey() {
        guard provider == .azure, areValid("storage.bucket"),
            let key = settings.value("storage", "bucket", "encryption_key"),
            settings.value("storage", "bucket", "enabled")?.bool == true
        else { return }
        report(
            .notAtProvider, "`storage.bucket.encryption_key` is not known at Azure", at: key.location,
            why: "a storage account has to exist, with an identity that may use the key, before it can have one",
            fix: "remove it: the account is encrypted with a key of Azure's own")
    }

    /// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    private mutating func checkServedKey() {
        guard provider == .aws, areValid("storage.bucket", "storage.cdn_enabled"),
            let storage = settings["storage"], let served = storage["cdn_enabled"], served.bool == true,
            let key = storage.value("bucket", "encryption_key"), storage.value("bucket", "enabled")?.bool == true
        else { return }
        problems.report(
            Diagnostic(
                .warning, .servedKey, "the CDN cannot read what `\(key.string ?? "")` encrypts without the key's leave",
                at: key.location, why: "a key of KMS serves those whom its own policy names",
                fix: "let `cloudfront.amazonaws.com` use `kms:Decrypt` in the policy of the key",
                notes: [.init("the CDN is switched on here", at: served.location)]))
    }

    private mutating func checkCloudSecrets() {
        guard areValid("security.cloud_secrets", "security.cloud_identity") else { return }
        let secrets = settings.value("security", "cloud_secrets")?.sequence ?? []
        for secret in secrets where secret["reference"] == nil {
            report(
                .incomplete, "the secret `\(secret["name"]?.string ?? "")` of the cloud has no `reference`",
                at: secret.location, fix: "say which secret it is, for example `reference: prod/database`")
        }
        guard let first = secrets.first, settings.value("security", "cloud_identity", "enabled")?.bool != true else {
            return
        }
        report(
            .needsIdentity, "`security.cloud_secrets` need an identity that may read them", at: first.location,
            why: "the pods are nobody at their cloud",
            fix: "set `security.cloud_identity.enabled: true`, or remove the secrets",
            notes: [
                .init(
                    "the identity is switched off here",
                    at: settings.value("security", "cloud_identity", "enabled")?.location)
            ])
    }

    // MARK: Machines

    private mutating func checkInstanceTypes(_ pool: Node) {
        guard areValid("resources"), let size = ReplicaSize(settings: settings) else { return }
        let types = pool["instance_types"]?.sequence ?? []
        if types.isEmpty {
            if case .failure(let missing) = NodePool.choice(settings, size, at: provider) { reportMissing(missing) }
            return
        }
        if provider != .aws, types.count > 1 {
            report(
                .instanceType, "a node pool has machines of one type, and \(types.count) are named",
                at: types[1].location, fix: "name the one that is wanted")
        }
        checkArchitectures(types)
        for type in types {
            guard let name = type.string, InstanceCatalogue.of(provider).type(named: name) != nil,
                let choice = try? InstanceChoice.choice(for: size, at: provider, offered: [name]),
                choice.replicasPerNode == 0
            else { continue }
            let better = try? InstanceChoice.choice(for: size, at: provider)
            report(
                .instanceType, "no replica has room in `\(name)`", at: type.location,
                why: "one needs \(size), and the system and kubelet of the node keep a part of it",
                fix: better?.types.first.map { "choose a larger type, such as `\($0)`" } ?? "choose a larger type")
        }
    }

    private mutating func checkArchitectures(_ types: [Node]) {
        guard let first = types.first, let name = first.string else { return }
        let architecture = Architecture(of: name, at: provider)
        for type in types.dropFirst() {
            guard let other = type.string, Architecture(of: other, at: provider) != architecture else { continue }
            report(
                .instanceType, "`\(name)` and `\(other)` are of different architectures", at: type.location,
                why: "one image of a node does not start on both", fix: "keep the one that the service's image is for",
                notes: [.init("`\(name)` is \(architecture.rawValue)", at: first.location)])
        }
    }

    /// A warning: manifests can be looked at all the same.
    private mutating func reportMissing(_ missing: InstanceChoice.Missing) {
        let cause = settings.value("resources", "gpu", "type") ?? settings.value("resources", "memory")
        problems.report(
            Diagnostic(
                .warning, .noInstanceType, "the node pool cannot be made: no machine type is known for it",
                at: cause?.location, why: missing.why,
                fix: "name some in `scheduling.node_pool.instance_types`, or ask for less in `resources`"))
    }

    // MARK: Numbers

    private mutating func checkNodes(_ pool: Node) {
        guard areValid("resources", "deployment.replicas", "deployment.rollout", "scaling") else { return }
        if let minimum = pool["min_nodes"], let least = minimum.integer, let maximum = pool["max_nodes"],
            let most = maximum.integer, least > most
        {
            report(
                .nodeRange, "`min_nodes` (\(least)) is more than `max_nodes` (\(most))", at: minimum.location,
                fix: "swap or change them", notes: [.init("the maximum is set here", at: maximum.location)])
            return
        }
        guard let maximum = pool["max_nodes"], let most = maximum.integer, let size = ReplicaSize(settings: settings),
            case .success(let choice) = NodePool.choice(settings, size, at: provider), choice.replicasPerNode ?? 0 > 0,
            let replicas = settings.value("deployment", "replicas"), let count = replicas.integer
        else { return }
        let needed = choice.nodes(for: count)
        guard needed > most else { return }
        report(
            .nodeRange, "\(count) replicas need \(needed) nodes, and `max_nodes` is \(most)", at: maximum.location,
            why: "a node `\(choice.types.first ?? "")` has room for \(choice.replicasPerNode ?? 0)",
            fix: "raise `scheduling.node_pool.max_nodes`, or choose larger machines",
            notes: [.init("replicas are set here", at: replicas.location)])
    }
}

extension Diagnostic.Code {
    package static let cloudName = Self("config.cloud-name")
    package static let instanceType = Self("config.instance-type")
    package static let noInstanceType = Self("config.no-instance-type")
    package static let notAtProvider = Self("config.not-at-provider")
    package static let servedKey = Self("config.served-key")
    package static let needsIdentity = Self("config.needs-identity")
    package static let nodeRange = Self("config.node-range")
}
