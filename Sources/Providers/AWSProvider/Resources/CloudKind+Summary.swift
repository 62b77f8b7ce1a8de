import Documents

extension CloudKind {
    /// What is about to be made, in words: a plan has no fields of what is not there yet.
    func summary(_ wanted: Node) -> String? {
        switch self {
        case .logGroup: wanted["logGroupName"]?.string
        case .bucket: wanted["name"]?.string
        case .role, .nodeRole: wanted["roleName"]?.string
        case .podIdentityAssociation: wanted["roleArn"]?.string
        case .distribution: wanted["origin"]?.string
        case .nodeGroup: nodes(wanted)
        }
    }

    /// `synthdata-demo-1a2b3c: 1 to 3 nodes of g4dn.xlarge or g5.xlarge, spot`
    private func nodes(_ wanted: Node) -> String {
        let types = (wanted["instanceTypes"]?.sequence ?? []).compactMap(\.string).joined(separator: " or ")
        let least = wanted.value("scalingConfig", "minSize")?.integer ?? 0
        let most = wanted.value("scalingConfig", "maxSize")?.integer ?? 0
        let count = least == most ? "\(most)" : "\(least) to \(most)"
        let spot = wanted["capacityType"]?.string == "SPOT" ? ", spot" : ""
        return "\(wanted["nodegroupName"]?.string ?? ""): \(count) node\(most == 1 ? "" : "s") of \(types)\(spot)"
    }
}
