import ControlPlane
import Diagnostics
import Documents
import Foundation
import HTTPTransport
import Synchronization
import Testing

@testable import KubernetesClient

/// An API server as one test speaks to it, with a namespace that no other test has.
struct Cluster {
    let api: KubernetesAPI
    let namespace: String

    /// - Parameter file: a kubeconfig; the administrator's of the shared control plane unless given.
    static func access(_ file: String? = nil) async throws -> ClusterAccess {
        let path: String
        if let file { path = file } else { path = try await ControlPlane.shared().kubeconfigs.admin }
        return try ClusterAccess.find(kubeconfig: path, context: nil, environment: [:])
    }

    static func api(
        _ file: String? = nil, trace: (@Sendable (HTTPTrace) -> Void)? = nil
    ) async throws -> KubernetesAPI {
        let (client, server) = try ClusterConnection.client(
            for: try await access(file), environment: [:], isTerminal: false, trace: trace)
        return KubernetesAPI(client, server: server)
    }

    /// The namespace is made over a direct connection, whatever `file` is.
    static func make(_ name: String, _ file: String? = nil, plane: ControlPlane? = nil) async throws -> Cluster {
        let namespace = "\(name)-\(UInt32.random(in: 0 ... .max))"
        _ = try await api(plane?.kubeconfigs.admin).create(
            .namespace, namespace: nil,
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]])
        return Cluster(api: try await api(file ?? plane?.kubeconfigs.admin), namespace: namespace)
    }

    func configMap(_ name: String, _ value: String = "", labels: Node = [:]) -> Node {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": .string(namespace), "labels": labels],
            "data": ["value": .string(value)],
        ]
    }

    var configMaps: Selection {
        // The controllers put one of their own into each namespace.
        Selection(.configMap, namespace: namespace, fields: "metadata.name!=kube-root-ca.crt")
    }
}

/// A folder of files for one test, gone when the test has run.
struct Files {
    let folder: String

    static func with<Value>(_ files: [String: String] = [:], _ body: (Files) async throws -> Value) async throws
        -> Value
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kubernetes-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = Files(folder: folder.path)
        for (name, text) in files { try made.write(name, text) }
        return try await body(made)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ name: String, _ text: String, isProgram: Bool = false) throws {
        let url = URL(filePath: path(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
        if isProgram {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path(name))
        }
    }

    func text(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }

    /// How many lines a file has; 0 where there is none.
    func lines(_ name: String) -> Int { text(name).split(separator: "\n").count }
}

/// A server that is a function.
struct FakeServer: HTTPClient {
    let answer: @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { try answer(request) }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        let response = try answer(request)
        let body = Mutex<[UInt8]?>(response.body)
        return HTTPResponseStream(
            status: response.status, headers: response.headers,
            body: HTTPBody { () throws(HTTPError) in
                body.withLock { body in
                    defer { body = nil }
                    return body
                }
            })
    }

    var api: KubernetesAPI { KubernetesAPI(self, server: HTTPURL(host: "fake")) }
}

extension HTTPResponse {
    static func json(_ node: Node, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: JSONEmitter.bytes(of: node))
    }
}

/// The diagnostics that `body` throws, none where it throws none.
func diagnostics<Value>(_ body: () async throws -> Value) async -> [Diagnostic] {
    do {
        _ = try await body()
        return []
    } catch let report as DiagnosticReport {
        return report.diagnostics
    } catch let diagnostic as Diagnostic {
        return [diagnostic]
    } catch let error as HTTPError {
        return [error.diagnostic]
    } catch {
        Issue.record("another error: \(error)")
        return []
    }
}
