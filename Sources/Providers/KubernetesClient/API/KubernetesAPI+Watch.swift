package import Documents
import HTTPTransport

/// What a watch tells.
package enum WatchEvent: Sendable {
    /// All objects that there are: at the beginning, and again when the server had forgotten where the
    /// watch was. What is not among them is gone.
    case listed([Node])
    /// An object is new or has changed.
    case changed(Node)
    case deleted(Node)
}

/// Whether whoever is told of events has seen enough.
package enum Watching: Sendable {
    case goOn
    case enough
}

extension KubernetesAPI {
    /// The longest silence that is believed, beyond the time that the server was asked to end the watch after.
    private static let idle = Duration.seconds(330)
    private static let serverTimeout = 300

    /// Tells of all objects of a selection, then of each change, until told that it is enough or cancelled.
    ///
    /// A watch that ends is taken up where it was; a server that has forgotten the place is listed anew.
    /// Between attempts that fail lies a growing time, which an event resets.
    ///
    /// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
    package func watch(
        _ selection: Selection, backoff: Backoff = Backoff(), _ tell: (WatchEvent) async throws -> Watching
    ) async throws {
        var backoff = backoff
        var position: String?
        while true {
            do {
                if position == nil {
                    let list = try await list(selection)
                    position = list.resourceVersion
                    if try await tell(.listed(list.items)) == .enough { return }
                }
                if try await stream(selection, &position, &backoff, tell) == .enough { return }
            } catch let status as APIStatus where status.isExpired {
                position = nil
            } catch let status as APIStatus where Self.isTransient(status) {
                // The same place again, later.
            } catch let error as HTTPError where error.isTransient {
                // The same.
            }
            try await Task.sleep(for: backoff.next())
        }
    }

    private func stream(
        _ selection: Selection, _ position: inout String?, _ backoff: inout Backoff,
        _ tell: (WatchEvent) async throws -> Watching
    ) async throws -> Watching {
        var query = selection.query
        query += [("watch", "true"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", "\(Self.serverTimeout)")]
        if let position { query.append(("resourceVersion", position)) }
        var request = request(.get, selection.type.path(namespace: selection.namespace), query)
        request.timeouts = .streaming(idle: Self.idle)
        let response = try await http.stream(request)
        guard response.status == 200 else {
            var body: [UInt8] = []
            for try await bytes in response.body where body.count < 1 << 16 { body += bytes }
            throw APIStatus(code: response.status, body: body, request: request.description)
        }
        var splitter = LineSplitter()
        for try await bytes in response.body {
            for line in splitter.lines(adding: bytes) where !line.isEmpty {
                let event = try JSONParser.parse(line, file: APIDocument.source)
                let object = event["object"] ?? .null
                let type = event["type"]?.string
                if type == "ERROR" { throw APIStatus(document: object, request: request.description) }
                if let version = object.resourceVersion { position = version }
                backoff.reset()
                let told: Watching =
                    switch type {
                    case "ADDED", "MODIFIED": try await tell(.changed(object))
                    case "DELETED": try await tell(.deleted(object))
                    default: .goOn
                    }
                if told == .enough { return .enough }
            }
        }
        return .goOn
    }

    private static func isTransient(_ status: APIStatus) -> Bool {
        status.code == 429 || status.code >= 500
    }
}
