import Diagnostics
import Documents
import ServiceModel

/// Reads, makes, changes and deletes the resources of one kind.
///
/// Every call is safe to repeat: what was made or deleted already is left as it is.
protocol ResourceDriver: Sendable {
    /// What is wanted, in AWS's terms: names and policies that follow from the account and the cluster are filled in.
    ///
    /// - Parameter all: the service's other resources, some of which it is about.
    func wanted(_ resource: Resource, among all: [Resource]) throws -> Node

    /// Nil where there is none.
    func live(_ wanted: Node, of resource: Resource) async throws -> LiveResource?

    /// What an attempt to make it that was cut off may have left, where there is none; nil where that is nothing.
    func remains(_ wanted: Node, of resource: Resource) async throws -> LiveResource?

    func create(_ wanted: Node, of resource: Resource) async throws

    /// - Parameter fields: which differ.
    func update(_ wanted: Node, from live: LiveResource, _ fields: [FieldChange]) async throws

    /// - Parameter deleteData: whether what it holds may go with it.
    /// - Returns: false where that keeps it from being deleted.
    func delete(_ live: LiveResource, of resource: Resource, deleteData: Bool) async throws -> Bool

    /// What deleting it does to what runs.
    var effectOfDeleting: Effect { get }

    /// Whether deleting it loses what somebody has stored there.
    func holdsData(_ live: LiveResource) async throws -> Bool

    /// Fields of `wanted` that differ from the live ones.
    func difference(_ live: LiveResource, _ wanted: Node) -> [FieldChange]
}

extension ResourceDriver {
    func remains(_ wanted: Node, of resource: Resource) async throws -> LiveResource? { nil }
    var effectOfDeleting: Effect { .none }
    func holdsData(_ live: LiveResource) async throws -> Bool { false }

    func difference(_ live: LiveResource, _ wanted: Node) -> [FieldChange] {
        FieldDifference.between(PolicyStatements.byName(live.spec), PolicyStatements.byName(wanted))
    }
}
