/// The bounds that keep one request, or one folder, from exhausting the machine.
package struct WorkloadLimits: Equatable, Sendable {
    /// The largest request body, in bytes; a larger one is answered 413.
    package var bodyBytes = 64 << 20
    /// The most rows, points, documents or samples of one `/generate` request.
    package var rows = 1_000_000
    /// The most columns of a source table.
    package var columns = 256
    /// The most bytes of a generated answer.
    package var responseBytes = 256 << 20
    /// Requests that may wait or run at once; more are answered 503 with `Retry-After`.
    package var queuedRequests = 64
    /// Open connections; more are closed at once.
    package var connections = 512
    /// How long a connection may be silent, in seconds.
    package var idleSeconds: Int64 = 60
    /// How long requests in flight may run on after a shutdown was asked for, in seconds.
    package var gracePeriodSeconds: Int64 = 10
    /// The most bytes that background generation keeps in the data folder.
    package var dataFolderBytes = 16 << 20
    /// The size, in bytes, at which a file of the data folder is closed and the next one started.
    package var segmentBytes = 1 << 20

    package init() {}
}
