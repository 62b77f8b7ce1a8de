package import ServiceModel

/// The machine types that are known of a cloud.
///
/// A part of what there is: families that every region of some size has, and those with GPUs.
package struct InstanceCatalogue: Sendable {
    package let types: [InstanceType]
    /// Families with machines of the same sizes, by the family that is chosen: what else spot capacity may be taken
    /// from.
    let equals: [String: [String]]

    init(_ types: [InstanceType], equals: [String: [String]] = [:]) {
        self.types = types
        self.equals = equals
    }

    /// Empty where there is no cloud.
    package static func of(_ provider: ProviderKind) -> InstanceCatalogue {
        switch provider {
        case .aws: aws
        case .gcp: gcp
        case .azure: azure
        case .local, .onprem: InstanceCatalogue([])
        }
    }

    package func type(named name: String) -> InstanceType? {
        types.first { $0.name == name } ?? twin(of: name)
    }

    /// A type of a family of the same sizes as a known one.
    private func twin(of name: String) -> InstanceType? {
        let parts = name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let family = equals.first(where: { $0.value.contains(String(parts[0])) })?.key else {
            return nil
        }
        return types.first { $0.name == "\(family).\(parts[1])" }
    }

    /// `type` and the types of the same size.
    func offers(for type: InstanceType) -> [String] {
        let parts = type.name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return [type.name] }
        return [type.name] + (equals[String(parts[0])] ?? []).map { "\($0).\(parts[1])" }
    }
}
