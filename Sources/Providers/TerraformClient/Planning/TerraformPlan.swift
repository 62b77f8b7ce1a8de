package import Documents
package import ServiceModel

/// What Terraform would do, in the tool's own terms, and the file that has it done.
package struct TerraformPlan: Sendable {
    /// A resource that would go: not in order to be made anew.
    package struct Deletion: Sendable {
        /// `aws_s3_bucket.data`, without the key of one of several.
        package let address: String
        package let type: String
        /// As it is.
        package let before: Node
    }

    /// A resource that would be made.
    package struct Creation: Sendable {
        /// `aws_s3_bucket.data`, without the key of one of several.
        package let address: String
        /// As it is to be, as far as that is known.
        package let after: Node
    }

    /// By address.
    package let changes: [Change]
    package let creations: [Creation]
    package let deletions: [Deletion]
    /// Addresses of all that is or will be, without keys.
    package let addresses: [String]
    /// What the cloud knows things by that Terraform knows or takes over: `aws_s3_bucket/name`.
    package let ids: Set<String>
    /// What `terraform plan -out` wrote: Terraform refuses it where the state has changed since.
    let bytes: [UInt8]
}

extension TerraformPlan {
    /// - Parameters:
    ///   - shown: what `terraform show -json` says of the file.
    ///   - service: whose resources they are.
    init(_ shown: Node, bytes: [UInt8], module: Node, of service: ServiceIdentity, at provider: ProviderKind) {
        var changes: [Change] = []
        var creations: [Creation] = []
        var deletions: [Deletion] = []
        var addresses: [String] = []
        var ids: Set<String> = []
        for resource in shown["resource_changes"]?.sequence ?? [] where resource["mode"]?.string == "managed" {
            let planned = PlannedResource(resource, module: module)
            if addresses.last != planned.address { addresses.append(planned.address) }
            if let id = planned.before["id"]?.string { ids.insert("\(planned.type)/\(id)") }
            guard let change = planned.change(of: service, at: provider) else { continue }
            changes.append(change)
            switch change.action {
            case .create: creations.append(Creation(address: planned.address, after: planned.after))
            case .delete:
                deletions.append(Deletion(address: planned.address, type: planned.type, before: planned.before))
            default: break
            }
        }
        self.init(
            changes: changes, creations: creations, deletions: deletions, addresses: addresses, ids: ids, bytes: bytes)
    }
}
