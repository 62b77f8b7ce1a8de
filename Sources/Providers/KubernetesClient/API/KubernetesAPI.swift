import Diagnostics
package import Documents
package import HTTPTransport

/// One API server, spoken to as one user.
///
/// All calls throw ``APIStatus`` where the server refuses and `HTTPError` where it cannot be spoken to. The
/// client that it is made with repeats what is safe to repeat and renews credentials.
package struct KubernetesAPI: Sendable {
    /// How an object is written.
    package struct WriteOptions: Sendable {
        /// Nothing is stored; the answer is what would have been.
        package var isDryRun = false
        /// Fields that other managers own become the manager's.
        package var takesOwnership = false
        /// Whose the fields become.
        package var manager = KubernetesAPI.fieldManager

        package init(
            isDryRun: Bool = false, takesOwnership: Bool = false, manager: String = KubernetesAPI.fieldManager
        ) {
            self.isDryRun = isDryRun
            self.takesOwnership = takesOwnership
            self.manager = manager
        }
    }

    /// The manager of the fields that this tool sets.
    package static let fieldManager = "synthdata-infra"
    /// After how long the server gives up, in Go's notation: before ``HTTPTimeouts/total`` is over, so that it is the
    /// server that says so, and stops working on it.
    private static let serverDeadline = "50s"
    /// How often an apply is tried that others get in the way of.
    private static let applyAttempts = 4

    let http: any HTTPClient
    private let server: HTTPURL
    private var source: (any ObjectSource)?
    private var mayWrite: @Sendable () async throws -> Void = {}

    /// - Parameter server: without a path that ends in a slash.
    package init(_ http: any HTTPClient, server: HTTPURL) {
        self.http = http
        var server = server
        while server.path.hasSuffix("/") { server.path.removeLast() }
        self.server = server
    }

    /// The same server, whose single objects and reviews are had from `source`.
    package func reading(from source: any ObjectSource) -> KubernetesAPI {
        var api = self
        api.source = source
        return api
    }

    /// The same server, whose objects are had from itself.
    package var direct: KubernetesAPI {
        var api = self
        api.source = nil
        return api
    }

    /// The same server, where `mayWrite` is asked before each request that changes something, also when it is repeated:
    /// because somebody else was faster, or because the server could not answer.
    package func writing(while mayWrite: @escaping @Sendable () async throws -> Void) -> KubernetesAPI {
        var api = self
        api.mayWrite = mayWrite
        return api
    }

    /// The object, or nil where there is none.
    package func get(_ type: ResourceType, namespace: String?, name: String) async throws -> Node? {
        if let source { return try await source.get(type, namespace: namespace, name: name) }
        do {
            return try await send(boundedRequest(.get, type.path(namespace: namespace, name: name)))
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }

    /// The document at a path that no kind of object has: `/version`, `/apis`.
    package func document(at path: String, accept: String = "application/json") async throws -> Node {
        var request = boundedRequest(.get, path)
        request.headers["Accept"] = accept
        return try await send(request)
    }

    /// Server-side apply: https://kubernetes.io/docs/reference/using-api/server-side-apply/
    ///
    /// - Parameter manifest: `apiVersion`, `kind`, `metadata.name` and the fields that shall be ours.
    /// - Returns: the object as it is now, or as it would be.
    package func apply(
        _ type: ResourceType, _ manifest: Node, _ options: WriteOptions = WriteOptions()
    ) async throws -> Node {
        var query = [("fieldManager", options.manager), ("fieldValidation", "Strict")]
        if options.isDryRun { query.append(("dryRun", "All")) }
        if options.takesOwnership { query.append(("force", "true")) }
        var request = boundedRequest(
            .patch, type.path(namespace: manifest.objectNamespace, name: manifest.objectName), query)
        // JSON is YAML: the server reads it as either.
        request.headers["Content-Type"] = "application/apply-patch+yaml"
        request.body = JSONEmitter.bytes(of: manifest)
        request.isIdempotent = true
        var backoff = Backoff()
        for _ in 1..<Self.applyAttempts {
            do {
                return try await write(request, isDryRun: options.isDryRun)
            } catch let status as APIStatus where status.isConflict && !status.isOverFields {
                // Somebody else wrote the object at the same moment: what is applied is meant whatever they wrote.
                try await Task.sleep(for: backoff.next())
            }
        }
        return try await write(request, isDryRun: options.isDryRun)
    }

    /// - Parameter isRepeatable: whether the caller can tell its own object from another's, so that the request may be
    ///   repeated where its answer was lost, and then be told that the object is there.
    /// - Throws: ``APIStatus`` with ``APIStatus/isAlreadyThere``.
    package func create(
        _ type: ResourceType, namespace: String?, _ object: Node, isRepeatable: Bool = false
    ) async throws -> Node {
        var request = boundedRequest(
            .post, type.path(namespace: namespace), [("fieldManager", Self.fieldManager)])
        request.headers["Content-Type"] = "application/json"
        request.body = JSONEmitter.bytes(of: object)
        if isRepeatable { request.isIdempotent = true }
        return try await write(request)
    }

    /// Replaces the object as it was read: where it has a `resourceVersion`, only that one.
    ///
    /// - Throws: ``APIStatus`` with ``APIStatus/isConflict`` when somebody else was faster, or when this very request
    ///   was carried out, its answer lost, and it repeated: whoever must know reads the object again.
    package func replace(_ type: ResourceType, _ object: Node) async throws -> Node {
        var request = boundedRequest(
            .put, type.path(namespace: object.objectNamespace, name: object.objectName),
            [("fieldManager", Self.fieldManager)])
        request.headers["Content-Type"] = "application/json"
        request.body = JSONEmitter.bytes(of: object)
        return try await write(request)
    }

    /// Changes the fields of `patch` and no others: https://www.rfc-editor.org/rfc/rfc7386
    ///
    /// - Throws: ``APIStatus`` with ``APIStatus/isNotFound`` where there is no such object.
    package func merge(_ type: ResourceType, namespace: String?, name: String, _ patch: Node) async throws {
        var request = boundedRequest(
            .patch, type.path(namespace: namespace, name: name), [("fieldManager", Self.fieldManager)])
        request.headers["Content-Type"] = "application/merge-patch+json"
        request.body = JSONEmitter.bytes(of: patch)
        request.isIdempotent = true
        _ = try await write(request)
    }

    /// Sets one field of an object, only while it has the value that was read (RFC 6902).
    ///
    /// - Parameter object: as it was read; it has the field.
    /// - Returns: the object as it is now, or as it would be.
    /// - Throws: ``APIStatus`` of code 422 when somebody else has written the field since.
    package func set(
        _ path: NodePath, of object: Node, to value: Node, _ type: ResourceType, isDryRun: Bool = false
    ) async throws -> Node {
        try await patch(
            type, object,
            [
                ["op": "test", "path": .string(path.pointer), "value": object[path] ?? .null],
                ["op": "replace", "path": .string(path.pointer), "value": value],
            ], isDryRun: isDryRun)
    }

    /// Removes fields of an object, each only while it has the value that was read (RFC 6902).
    ///
    /// - Parameters:
    ///   - paths: those of a list from its back, since each removal moves what follows.
    ///   - object: as it was read.
    /// - Returns: the object as it is now.
    package func remove(_ paths: [NodePath], of object: Node, _ type: ResourceType) async throws -> Node {
        var steps: [Node] = []
        for path in paths {
            guard let value = object[path] else { continue }
            steps.append(["op": "test", "path": .string(path.pointer), "value": value])
            steps.append(["op": "remove", "path": .string(path.pointer)])
        }
        return try await patch(type, object, steps)
    }

    private func patch(
        _ type: ResourceType, _ object: Node, _ steps: [Node], isDryRun: Bool = false
    ) async throws -> Node {
        var query = [("fieldManager", Self.fieldManager)]
        if isDryRun { query.append(("dryRun", "All")) }
        var request = boundedRequest(
            .patch, type.path(namespace: object.objectNamespace, name: object.objectName), query)
        request.headers["Content-Type"] = "application/json-patch+json"
        request.body = JSONEmitter.bytes(of: .sequence(steps))
        return try await write(request, isDryRun: isDryRun)
    }

    /// Asks for the deletion of the object with this UID, and of what it owns.
    ///
    /// - Parameters:
    ///   - uid: nil means whichever has the name.
    ///   - resourceVersion: of the object as it was read; nil means whatever became of it since.
    /// - Returns: whether there was one; not always true when an answer was lost and the request repeated. It may go on existing for a while: see ``Documents/Node/isTerminating``.
    package func delete(
        _ type: ResourceType, namespace: String?, name: String, uid: String?, resourceVersion: String? = nil
    ) async throws -> Bool {
        var request = boundedRequest(.delete, type.path(namespace: namespace, name: name))
        var options: Mapping = Mapping()
        options["apiVersion"] = "v1"
        options["kind"] = "DeleteOptions"
        options["propagationPolicy"] = "Background"
        var preconditions = Mapping()
        if let uid { preconditions["uid"] = .string(uid) }
        if let resourceVersion { preconditions["resourceVersion"] = .string(resourceVersion) }
        if !preconditions.isEmpty { options["preconditions"] = .mapping(preconditions) }
        request.headers["Content-Type"] = "application/json"
        request.body = JSONEmitter.bytes(of: .mapping(options))
        do {
            _ = try await write(request)
            return true
        } catch let status as APIStatus where status.isNotFound {
            return false
        } catch let status as APIStatus where uid != nil && status.isConflict {
            // The same answer tells of another object with that name, which is not ours to delete, and of one that
            // cannot be deleted now: a namespace whose contents are being deleted.
            if try await get(type, namespace: namespace, name: name)?.objectUID != uid { return false }
            throw status
        }
    }

    /// Asks the server's opinion: a review of access is created, answered and never stored.
    package func review(_ path: String, _ object: Node) async throws -> Node {
        if let source { return try await source.review(path, object) }
        var request = boundedRequest(.post, path)
        request.headers["Content-Type"] = "application/json"
        request.body = JSONEmitter.bytes(of: object)
        request.isIdempotent = true
        return try await send(request)
    }

    // MARK: Requests

    func request(_ method: HTTPMethod, _ path: String, _ query: [(String, String)] = []) -> HTTPRequest {
        var url = server
        url.path += path
        if !query.isEmpty {
            url.query = query.map { "\($0)=\(HTTPURL.percentEncoded($1))" }.joined(separator: "&")
        }
        return HTTPRequest(method, url, headers: ["Accept": "application/json"])
    }

    /// A request that the server ends by itself. Streams and what it only hands on (logs, proxies) take no such parameter.
    ///
    /// https://github.com/kubernetes/apiserver/blob/v0.30.0/pkg/endpoints/filters/request_deadline.go
    func boundedRequest(_ method: HTTPMethod, _ path: String, _ query: [(String, String)] = []) -> HTTPRequest {
        request(method, path, query + [("timeout", Self.serverDeadline)])
    }

    private func write(_ request: HTTPRequest, isDryRun: Bool = false) async throws -> Node {
        if isDryRun { return try await send(request) }
        try await mayWrite()
        var request = request
        request.mayRepeat = { [mayWrite] in
            do {
                try await mayWrite()
                return true
            } catch {
                return false
            }
        }
        do {
            return try await send(request)
        } catch {
            // Where it was not repeated because it may not be, that is what has to be told.
            try await mayWrite()
            throw error
        }
    }

    func send(
        _ request: HTTPRequest, omitting omission: JSONParser.Omission? = nil, answered: () -> Void = {}
    ) async throws -> Node {
        let response = try await http.send(request)
        guard (200..<300).contains(response.status) else {
            throw APIStatus(code: response.status, body: response.body, request: request.description)
        }
        answered()
        return try Self.parse(response.body, request, omitting: omission)
    }

    /// - Throws: `HTTPError` where something else than the API server answered: a proxy's page, for example.
    static func parse(
        _ bytes: [UInt8], _ request: HTTPRequest, omitting omission: JSONParser.Omission? = nil
    ) throws(HTTPError) -> Node {
        do throws(Diagnostic) {
            return try JSONParser.parse(bytes, file: APIDocument.source, omitting: omission)
        } catch {
            throw HTTPError(
                .invalidResponse, request, detail: "the answer is not JSON: \(error.what)", mayHaveReachedServer: true)
        }
    }
}

extension NodePath {
    /// As a JSON Pointer (RFC 6901).
    fileprivate var pointer: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .key(let key): text += "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
            case .index(let index): text += "/\(index)"
            }
        }
    }
}
