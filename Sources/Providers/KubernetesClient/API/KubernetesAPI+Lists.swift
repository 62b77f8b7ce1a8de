package import Documents
import HTTPTransport

/// Which objects of a kind are meant.
package struct Selection: Sendable, Hashable {
    package var type: ResourceType
    /// Nil means all.
    package var namespace: String?
    /// `app.kubernetes.io/managed-by=synthdata-infra`; nil means any labels.
    package var labels: String?
    /// `involvedObject.uid=…`; nil means any fields.
    package var fields: String?

    package init(_ type: ResourceType, namespace: String?, labels: String? = nil, fields: String? = nil) {
        self.type = type
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }

    var query: [(String, String)] {
        [labels.map { ("labelSelector", $0) }, fields.map { ("fieldSelector", $0) }].compactMap(\.self)
    }
}

/// Objects as they were at one moment.
package struct ObjectList<Item: Sendable>: Sendable {
    package let items: [Item]
    /// The moment, for a watch that goes on from it.
    package let resourceVersion: String
}

extension KubernetesAPI {
    /// Which fields each manager owns is often more than the object itself.
    private static let fieldSets = JSONParser.Omission(of: "fieldsV1", in: "managedFields")

    /// How many objects are asked for at once.
    private static let pageSize = 500
    /// How often a list starts over because the server had forgotten the moment it began at.
    private static let maximumRestarts = 3

    /// All objects of a selection as of one moment, page by page, so that memory holds one page and what
    /// `transform` keeps.
    ///
    /// - Parameter withFieldSets: whether to read which fields each manager owns; else only its name and kind.
    package func list<Item: Sendable>(
        _ selection: Selection, withFieldSets: Bool = true, _ transform: (Node) throws -> Item?
    ) async throws -> ObjectList<Item> {
        try await restartable(
            selection, accept: "application/json", omitting: withFieldSets ? nil : Self.fieldSets, transform)
    }

    package func list(_ selection: Selection) async throws -> ObjectList<Node> {
        try await list(selection) { $0 }
    }

    /// Only the metadata of all objects of a selection: the rest is not sent.
    ///
    /// - Parameter answered: called as soon as the server has answered with the first page, and so has settled of which
    ///   moment the list is.
    package func listMetadata(
        _ selection: Selection, answered: @Sendable () -> Void = {}
    ) async throws -> [Node] {
        try await restartable(
            selection, accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", answered: answered
        ) { $0 }.items
    }

    private func restartable<Item: Sendable>(
        _ selection: Selection, accept: String, omitting omission: JSONParser.Omission? = nil,
        answered: () -> Void = {}, _ transform: (Node) throws -> Item?
    ) async throws -> ObjectList<Item> {
        var restarts = 0
        while true {
            do {
                return try await pages(of: selection, accept: accept, omitting: omission, answered, transform)
            } catch let status as APIStatus where status.isExpired && restarts < Self.maximumRestarts {
                restarts += 1
            }
        }
    }

    private func pages<Item: Sendable>(
        of selection: Selection, accept: String, omitting omission: JSONParser.Omission?,
        _ answered: () -> Void, _ transform: (Node) throws -> Item?
    ) async throws -> ObjectList<Item> {
        var items: [Item] = []
        var next: String?
        var size = Self.pageSize
        while true {
            var query = selection.query + [("limit", "\(size)")]
            if let next { query.append(("continue", next)) }
            var request = boundedRequest(.get, selection.type.path(namespace: selection.namespace), query)
            request.headers["Accept"] = accept
            let page: Node
            do {
                page = try await send(request, omitting: omission, answered: answered)
            } catch let error as HTTPError where error.isTooLarge && size > 1 {
                // Objects have up to a mebibyte and more each.
                size /= 2
                continue
            }
            for item in page["items"]?.sequence ?? [] {
                if let kept = try transform(item.typed(selection.type)) { items.append(kept) }
            }
            next = page.value("metadata", "continue")?.string
            if next?.isEmpty != false {
                return ObjectList(items: items, resourceVersion: page.resourceVersion ?? "")
            }
        }
    }
}

extension HTTPError {
    fileprivate var isTooLarge: Bool {
        if case .responseTooLarge = kind { true } else { false }
    }
}

extension Node {
    /// The items of lists do not say what they are.
    fileprivate func typed(_ type: ResourceType) -> Node {
        guard var mapping, mapping["kind"] == nil else { return self }
        mapping["apiVersion"] = .string(type.apiVersion)
        mapping["kind"] = .string(type.kind)
        return .mapping(mapping)
    }
}
