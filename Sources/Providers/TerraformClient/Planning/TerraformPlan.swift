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

    /// By address.
    package let changes: [Change]
    package let deletions: [Deletion]
    /// Addresses of all that is or will be, without keys.
    package let addresses: [String]
    /// What `terraform plan -out` wrote: Terraform refuses it where the state has changed since.
    let bytes: [UInt8]
}

extension TerraformPlan {
    /// - Parameters:
    ///   - shown: what `terraform show -json` says of the file.
    ///   - service: whose resources they are.
    init(_ shown: Node, bytes: [UInt8], module: Node, of service: ServiceIdentity, at provider: ProviderKind) {
        var changes: [Change] = []
        var deletions: [Deletion] = []
        var addresses: [String] = []
        for resource in shown["resource_changes"]?.sequence ?? [] where resource["mode"]?.string == "managed" {
            let planned = PlannedResource(resource, module: module)
            if addresses.last != planned.address { addresses.append(planned.address) }
            guard let change = planned.change(of: service, at: provider) else { continue }
            changes.append(change)
            guard change.action == .delete else { continue }
            deletions.append(
                Deletion(address: planned.address, type: planned.type, before: planned.before))
        }
        self.init(changes: changes, deletions: deletions, addresses: addresses, bytes: bytes)
    }
}
