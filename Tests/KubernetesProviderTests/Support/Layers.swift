import ConfigurationManager
import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials
import Glibc
import Profiles
import ServiceModel
import Templates
import TestSupport
import Testing

/// A service as a person configures one: a layer file of theirs over one that keeps the service small.
struct Layers {
    /// The person's layer; its values are those that problems are told at.
    let text: String

    init(_ text: String) { self.text = text }

    func release(
        _ namespace: TestNamespace, name: String = "demo", _ change: (inout [Resource]) throws -> Void = { _ in }
    ) throws -> Release {
        let folder = "/tmp/layers-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try #require(mkdir(folder, 0o700) == 0)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(SmallService.layer.utf8).write(to: URL(filePath: "\(folder)/small.yaml"))
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/service.yaml"))
        var request = ConfigurationRequest()
        request.name = .init(name, flag: "--name")
        request.dataType = .init(.image, flag: "--type")
        request.provider = .init(.onprem, flag: "--provider")
        request.environment = .init(.development, flag: "--environment")
        request.files = ["\(folder)/small.yaml", "\(folder)/service.yaml"]
        request.assignments = [try .init(parsing: "deployment.namespace=\(namespace.name)", flag: "--set")]
        var loader = try ConfigurationLoader(
            profiles: DocumentTree(name: "profiles", embedded: BuiltInProfiles.files), request: request)
        let spec = DeploymentSpec(try loader.configuration(of: try #require(loader.declarations.first)))
        var renderer = ResourceRenderer(templates: DocumentTree(name: "templates", embedded: BuiltInTemplates.files))
        var resources = try renderer.resources(for: spec)
        try change(&resources)
        var release = Release(
            service: try namespace.service(name), dataType: spec.dataType, provider: spec.provider,
            environment: spec.environment, version: "1", reason: "deploy", resources: resources)
        release.cluster = Release(spec, resources: []).cluster
        return release
    }

    /// `service.yaml:2:10`: where the first occurrence of `part` stands in the person's layer.
    func place(of part: String) throws -> String {
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let range = line.firstRange(of: part) {
                let column = line.distance(from: line.startIndex, to: range.lowerBound) + 1
                return "service.yaml:\(number + 1):\(column)"
            }
        }
        throw Diagnostic(.error, .missing, "the layer has no `\(part)`")
    }
}

extension Diagnostic.Code {
    fileprivate static let missing = Self("test.missing", .failed)
}

extension Diagnostics.SourceLocation {
    /// Without the folder.
    var short: String { description.split(separator: "/").last.map(String.init) ?? "" }
}
