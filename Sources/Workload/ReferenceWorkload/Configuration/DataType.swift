/// The six kinds of synthetic data that the workload can produce.
///
/// Its own list, not the deployment engine's: the workload stands for a program that knows nothing of the tool.
package enum DataType: String, CaseIterable, Sendable {
    case tabular
    case timeSeries = "time_series"
    case text
    case image
    case audio
    case video

    /// Reads a name as users write it: `time-series` is `time_series`. Nil when there is no such type.
    package init?(named name: String) {
        self.init(rawValue: name.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_"))
    }
}
