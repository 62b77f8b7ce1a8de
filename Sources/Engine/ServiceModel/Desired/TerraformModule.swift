package import Diagnostics
package import Documents

/// A root module of Terraform that makes everything a service needs of its cloud, as one object of a release.
///
/// A release that has one has no other resources of the cloud: so the history tells which way they were made, and
/// whoever destroys or rolls back goes the same way again.
package struct TerraformModule: Sendable {
    private static let kind = "TerraformModule"

    /// What `main.tf.json` holds.
    package let configuration: Node
    /// Where it was decided that Terraform makes them.
    package let location: SourceLocation
    /// The node group among them, in the shape that it has without Terraform; nil where there is none.
    package let nodeGroup: Resource?

    /// Nil for any other object.
    package init?(_ resource: Resource) {
        guard resource.identity.isCloud, resource.identity.kind == Self.kind,
            let configuration = resource.manifest["spec"]
        else { return nil }
        self.configuration = configuration
        location = resource.manifest["kind"]?.location ?? .unknown
        nodeGroup = resource.manifest[Self.nodes].flatMap { spec in
            let metadata: Node = [
                "name": .string(Self.nodeGroup.name), "namespace": .string(resource.identity.namespace ?? ""),
            ]
            return Resource(
                manifest: .mapping(
                    Mapping(uniqueEntries: [
                        .init("apiVersion", "aws.synthdata.io/terraform"), .init("kind", .string(Self.nodeGroup.type)),
                        .init("metadata", metadata), .init("spec", spec),
                    ]), at: spec.location))
        }
    }

    /// - Parameters:
    ///   - nodes: what the node group is to be, in the shape that it has without Terraform.
    ///   - location: of the setting that asks for it.
    package static func resource(
        _ configuration: Node, nodes: Node?, of service: ServiceIdentity, at provider: ProviderKind,
        decidedAt location: SourceLocation
    ) -> Resource? {
        var manifest: Node = [
            "apiVersion": .string("\(provider.rawValue).synthdata.io/v1"), "kind": .string(kind, at: location),
            "metadata": ["name": .string(service.name.value), "namespace": .string(service.namespace)],
            "spec": configuration,
        ]
        if let nodes { manifest.merge([Self.nodes: nodes]) }
        return Resource(manifest: manifest)
    }

    /// Where the object says what the node group is to be.
    fileprivate static let nodes = "nodeGroup"
    /// What `templates/terraform/aws` call it.
    fileprivate static let nodeGroup = (type: "aws_eks_node_group", name: "pool")
}

extension Resource {
    /// What the node group of a service is to be, whichever way it is made; nil for any other object.
    package var nodeGroup: Node? {
        guard identity.isCloud else { return nil }
        return identity.kind == "NodeGroup" ? manifest["spec"] : TerraformModule(self)?.nodeGroup?.manifest["spec"]
    }

    /// - Parameter scaling: `minSize`, `maxSize`, `desiredSize`, those that change.
    package mutating func setNodes(_ scaling: Node) {
        guard TerraformModule(self) != nil else {
            manifest.merge(["spec": ["scalingConfig": scaling]])
            return
        }
        var sizes = Mapping()
        for (key, name) in [("minSize", "min_size"), ("maxSize", "max_size"), ("desiredSize", "desired_size")] {
            if let size = scaling[key] { sizes[name] = size }
        }
        let (type, name) = TerraformModule.nodeGroup
        manifest.merge([
            TerraformModule.nodes: ["scalingConfig": scaling],
            "spec": ["resource": [type: [name: ["scaling_config": .mapping(sizes)]]]],
        ])
    }
}

extension Release {
    /// Nil where what it needs of its cloud is made through the cloud's own interface.
    package var terraformModule: TerraformModule? { resources.lazy.compactMap(TerraformModule.init).first }

    /// Whether nodes are made for it: there need not be any yet.
    package var makesNodes: Bool { resources.contains { $0.nodeGroup != nil } }
}
