import Documents
import ServiceModel
import Testing

/// The objects that a ``ServiceCase`` was rendered to.
struct RenderedService: CustomTestStringConvertible {
    let name: String
    let spec: DeploymentSpec
    let resources: [Resource]

    var testDescription: String { name }

    /// The manifest of the service's one object of this kind.
    func object(_ kind: String) throws -> Node {
        try #require(self[kind], "no \(kind) is rendered")
    }

    subscript(kind: String) -> Node? {
        resources.first { $0.identity.kind == kind }?.manifest
    }

    var manifests: String { YAMLEmitter.emit(documents: resources.map(\.manifest)) }
}
