package import Diagnostics
package import ServiceModel

/// One service that was asked for, by a document or by flags, before its layers are merged.
package struct ServiceDeclaration: Sendable {
    package let name: ServiceName
    package let dataType: DataType
    package let provider: ProviderKind
    package let environment: DeploymentEnvironment
    /// What its document sets; nil for a service that only flags describe.
    package let layer: Layer?
    /// Whether nobody named it: its configuration is looked at without a service.
    package let isNameless: Bool
    /// Where it is declared.
    package let location: SourceLocation
}
