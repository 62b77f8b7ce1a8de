import ConfigurationManager
import Diagnostics
import Documents
import EmbeddedFiles
import Foundation
import Profiles
import ServiceModel

/// A folder of configuration files as a person has one, removed with the value.
final class Project {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let fixtures = root.appending(path: "Tests/ConfigurationManagerTests/Fixtures")

    let folder = FileManager.default.temporaryDirectory.appending(path: "project-\(UUID().uuidString)")

    init(_ files: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in files { try write(path, text) }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path() }

    func write(_ path: String, _ text: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: false, encoding: .utf8)
    }

    /// The request of a service that flags describe, with files of this project.
    func request(
        _ type: DataType? = .tabular, name: String? = "demo", provider: ProviderKind? = .onprem,
        environment: DeploymentEnvironment? = .production, files: [String] = [], layers: String? = nil,
        set assignments: [String] = []
    ) throws -> ConfigurationRequest {
        var request = ConfigurationRequest()
        request.name = name.map { .init($0, flag: "--name") }
        request.dataType = type.map { .init($0, flag: "--type") }
        request.provider = provider.map { .init($0, flag: "--provider") }
        request.environment = environment.map { .init($0, flag: "--environment") }
        request.files = files.map(path)
        request.configurationFolder = layers.map(path)
        request.assignments = try assignments.map { try .init(parsing: $0, flag: "--set") }
        return request
    }

    static func loader(_ request: ConfigurationRequest) throws(DiagnosticReport) -> ConfigurationLoader {
        try ConfigurationLoader(
            profiles: DocumentTree(name: "profiles", embedded: BuiltInProfiles.files), request: request)
    }

    /// The configurations of all services that are asked for.
    static func configurations(_ request: ConfigurationRequest) throws -> [ServiceConfiguration] {
        var loader = try loader(request)
        var result: [ServiceConfiguration] = []
        for declaration in loader.declarations { result.append(try loader.configuration(of: declaration)) }
        return result
    }

    /// The configuration of a service that `--set` describes.
    static func configured(
        _ type: DataType = .tabular, _ provider: ProviderKind = .onprem,
        _ environment: DeploymentEnvironment = .production, set assignments: [String] = []
    ) throws -> ServiceConfiguration {
        let request = try Project().request(type, provider: provider, environment: environment, set: assignments)
        var loader = try loader(request)
        return try loader.configuration(of: loader.declarations[0])
    }

    /// What is wrong with a service that `--set` describes; none when nothing is.
    static func problems(
        _ type: DataType = .tabular, _ provider: ProviderKind = .onprem, set assignments: [String]
    ) throws -> [Diagnostic] {
        do {
            return try configured(type, provider, set: assignments).warnings
        } catch let report as DiagnosticReport {
            return report.diagnostics
        }
    }

    /// What is wrong with a layer of this text.
    static func problems(layer text: String) throws -> [Diagnostic] {
        let project = try Project(["layer.yaml": text])
        do {
            _ = try configurations(project.request(files: ["layer.yaml"]))
            return []
        } catch let report as DiagnosticReport {
            return report.diagnostics
        }
    }
}

extension ServiceConfiguration {
    /// The value at a written path.
    func value(_ path: String) throws -> Node? {
        settings[try NodePath(parsing: path)]
    }
}
