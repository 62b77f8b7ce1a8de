// What the API takes and gives, so that one import is enough. Aliases would not do: a program built with
// the upcoming feature MemberImportVisibility could not use the members of what they name.

@_exported public import struct DeploymentEngine.DeploymentResult
@_exported public import struct Diagnostics.Diagnostic
@_exported public import struct Diagnostics.DiagnosticReport
@_exported public import struct Documents.Node
@_exported public import enum ServiceModel.DataType
@_exported public import enum ServiceModel.DeploymentEnvironment
@_exported public import enum ServiceModel.DeploymentEvent
@_exported public import enum ServiceModel.ProviderKind
@_exported public import struct ServiceModel.ServiceStatus
