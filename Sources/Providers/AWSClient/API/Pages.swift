import Diagnostics

/// Reads lists that services give out in pages.
package enum Pages {
    /// All items, in order.
    ///
    /// - Parameter page: asked with nil first, then with the token of each page before; nil or an empty token ends it.
    /// - Throws: ``Diagnostic`` for a service that gives out the same token again, which would never end.
    package static func all<Item>(
        _ page: (_ token: String?) async throws -> (items: [Item], next: String?)
    ) async throws -> [Item] {
        var items: [Item] = []
        var token: String?
        while true {
            let (more, next) = try await page(token)
            items += more
            guard let next, !next.isEmpty else { return items }
            guard next != token else {
                throw Diagnostic(
                    .error, .pages, "a list has no end", why: "the service gave out the same page token twice")
            }
            token = next
        }
    }
}

extension Diagnostic.Code {
    static let pages = Self("aws.endless-list")
}
