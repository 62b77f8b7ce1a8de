package import ServiceModel

/// The machine types that the nodes of a service are made of.
package struct InstanceChoice: Sendable, Hashable {
    /// What is asked of the cloud, the one that is liked best first.
    package let types: [String]
    /// What is known of the first; nil for a type that is not in the catalogue.
    package let type: InstanceType?
    /// How many replicas have room in one node; nil where the type is not known.
    package let replicasPerNode: Int?
    /// Why these, in words.
    package let reason: String

    /// Why there is no choice.
    package struct Missing: Error, Hashable {
        package let why: String
    }

    /// Chooses for a service.
    ///
    /// - Parameters:
    ///   - offered: the types that the configuration names; where it names some they are taken as they are.
    ///   - isSpot: whether spare capacity is wanted, which is more often there when more types will do.
    /// - Throws: ``Missing`` where the cloud has no machine that one replica has room in.
    package static func choice(
        for size: ReplicaSize, at provider: ProviderKind, offered: [String] = [], isSpot: Bool = false
    ) throws(Missing) -> InstanceChoice {
        let catalogue = InstanceCatalogue.of(provider)
        if let first = offered.first {
            let known = Self.type(first, for: size, in: catalogue, at: provider)
            let counts = offered.compactMap { name in
                Self.type(name, for: size, in: catalogue, at: provider).map { size.count(in: $0, at: provider) }
            }
            return InstanceChoice(
                types: offered, type: known, replicasPerNode: counts.count == offered.count ? counts.min() : nil,
                reason: "named in the configuration")
        }
        // A machine with GPUs that nobody uses is dear.
        let candidates = catalogue.types.filter {
            ($0.gpus == nil) == (size.gpu == nil) && size.count(in: $0, at: provider) > 0
        }
        guard let best = candidates.min(by: isSmaller) else {
            throw Missing(why: "no machine type in the catalogue has room for \(size)")
        }
        return InstanceChoice(
            types: isSpot ? catalogue.offers(for: best) : [best.name], type: best,
            replicasPerNode: size.count(in: best, at: provider),
            reason: "the smallest in the catalogue with room for \(size)")
    }

    /// A name may stand for several machines, which differ in what is attached: the one that fits is meant.
    private static func type(
        _ name: String, for size: ReplicaSize, in catalogue: InstanceCatalogue, at provider: ProviderKind
    ) -> InstanceType? {
        catalogue.types.filter { $0.name == name && size.count(in: $0, at: provider) > 0 }.min(by: isSmaller)
            ?? catalogue.type(named: name)
    }

    private static func isSmaller(_ left: InstanceType, _ right: InstanceType) -> Bool {
        let counts = (left.gpus?.count ?? 0, right.gpus?.count ?? 0)
        if counts.0 != counts.1 { return counts.0 < counts.1 }
        let sizes = (left.gpus?.memory.milli ?? 0, right.gpus?.memory.milli ?? 0)
        if sizes.0 != sizes.1 { return sizes.0 < sizes.1 }
        return left.weight < right.weight
    }

    /// How many nodes so many replicas need; one each where the type is not known.
    package func nodes(for replicas: Int) -> Int {
        let perNode = max(replicasPerNode ?? 1, 1)
        return (replicas + perNode - 1) / perNode
    }
}
