package import Diagnostics

extension Diagnostic.Code {
    /// A `LocalService` object has a field that cannot be used.
    package static let localManifest = Self("local.manifest")
    package static let commandNotFound = Self("local.command-not-found", .failed)
    package static let commandNotExecutable = Self("local.command-not-executable", .failed)
    /// A replica ends by itself, again and again, before it was ever ready.
    package static let exits = Self("local.exits", .failed)
    /// A replica runs, but did not become ready within its start-up time.
    package static let neverReady = Self("local.never-ready", .failed)
    package static let portTaken = Self("local.port-taken", .failed)
    /// The supervisor could not be started or ended unexpectedly.
    package static let supervisor = Self("local.supervisor", .failed)
    /// Another version of the tool started the supervisor.
    package static let supervisorProtocol = Self("local.supervisor-protocol", .failed)
    package static let corruptState = Self("local.corrupt-state", .failed)
    package static let stateUnwritable = Self("local.state-unwritable", .failed)
    /// The environment does not say where state is kept.
    package static let noStateFolder = Self("local.no-state-folder", .failed)
    /// A destroy could not remove all files of a service.
    package static let notRemoved = Self("local.not-removed", .failed)
}
