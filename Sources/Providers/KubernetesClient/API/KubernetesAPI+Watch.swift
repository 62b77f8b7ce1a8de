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
    private static let serverTimeout = Duration.seconds(300)
    /// The longest silence that is believed.
    private static let idle = serverTimeout + .seconds(30)
    /// More bytes than an event may have: etcd keeps no object of more than 1.5 MiB, and JSON of one is some times that.
    private static let maximumEvent = 64 << 20
    /// How many refusals in a row are believed to pass: a server that has just started knows neither all rights nor
    /// all kinds.
    private static let maximumRefusals = 6

    /// How far a watch has come.
    private struct Place {
        /// Nil before the first list, and when the server had forgotten where the watch was.
        var version: String?
        var backoff: Backoff
        var refusals = 0
        var wasListed = false

        mutating func advance(to version: String?) {
            self.version = version ?? self.version
            backoff.reset()
            refusals = 0
        }
    }

    /// An error of whoever is told: it ends the watch, whatever it is.
    private struct TellingFailed: Error {
        let reason: any Error
    }

    /// Tells of all objects of a selection, then of each change in order, until told that it is enough or cancelled.
    ///
    /// A watch that ends is taken up where it was; a server that has forgotten the place is listed anew.
    /// Between attempts that fail lies a growing time, which an event resets. What `tell` throws ends the watch.
    ///
    /// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
    package func watch(
        _ selection: Selection, backoff: Backoff = Backoff(), _ tell: (WatchEvent) async throws -> Watching
    ) async throws {
        var place = Place(backoff: backoff)
        func telling(_ event: WatchEvent) async throws -> Watching {
            do {
                return try await tell(event)
            } catch {
                throw TellingFailed(reason: error)
            }
        }
        while true {
            do {
                if try await follow(selection, &place, telling) == .enough { return }
            } catch let failure as TellingFailed {
                throw failure.reason
            } catch let status as APIStatus where status.isExpired {
                place.version = nil
            } catch let status as APIStatus where status.code == 429 || status.code >= 500 {
                // The same place again, later.
            } catch let status as APIStatus
                where place.wasListed && (status.isDenied || status.isNotFound) && place.refusals < Self.maximumRefusals
            {
                place.refusals += 1
            } catch let error as HTTPError where error.isTransient {
                // The same place again, later.
            }
            try await Task.sleep(for: place.backoff.next())
        }
    }

    /// Lists where the place is not known, and follows the changes until the server ends it.
    private func follow(
        _ selection: Selection, _ place: inout Place, _ tell: (WatchEvent) async throws -> Watching
    ) async throws -> Watching {
        if place.version == nil {
            let list = try await list(selection)
            place.advance(to: list.resourceVersion)
            place.wasListed = true
            if try await tell(.listed(list.items)) == .enough { return .enough }
        }
        let request = watchRequest(selection, from: place.version)
        let start = ContinuousClock.now
        let response = try await http.stream(request)
        guard response.status == 200 else { throw try await APIStatus(response, request) }
        var splitter = LineSplitter(maximum: Self.maximumEvent)
        for try await bytes in response.body {
            for line in splitter.lines(adding: bytes) where !line.isEmpty {
                let event = try Self.parse(line, request)
                let object = event["object"] ?? .null
                let type = event["type"]?.string
                if type == "ERROR" { throw APIStatus(document: object, request: request.description) }
                place.advance(to: object.resourceVersion)
                let told: Watching =
                    switch type {
                    case "ADDED", "MODIFIED": try await tell(.changed(object))
                    case "DELETED": try await tell(.deleted(object))
                    default: .goOn
                    }
                if told == .enough { return .enough }
            }
        }
        // Nothing happened for so long: that is not a failure to wait longer and longer after.
        if start.duration(to: .now) > .seconds(60) { place.backoff.reset() }
        return .goOn
    }

    private func watchRequest(_ selection: Selection, from version: String?) -> HTTPRequest {
        var query = selection.query
        query += [
            ("watch", "true"), ("allowWatchBookmarks", "true"),
            ("timeoutSeconds", "\(Self.serverTimeout.components.seconds)"),
        ]
        if let version { query.append(("resourceVersion", version)) }
        var request = request(.get, selection.type.path(namespace: selection.namespace), query)
        request.timeouts = .streaming(idle: Self.idle)
        return request
    }
}
