package import ServiceModel

/// What one replica of the reference workload does: the type of its data, where it listens, what it writes.
///
/// The layers, lowest first: the defaults below, the JSON file, the environment (`PORT`, `SYNTHDATA_DATA_DIR`), the
/// flags of the command line. See `WorkloadConfiguration.load(file:environment:overrides:)`.
package struct WorkloadConfiguration: Equatable, Sendable {
    /// The service's name: the `dataset` label of the metrics.
    package var name = "synthdata"
    package var dataType = DataType.tabular
    /// The version of the service: the `schema_version` label of the metrics.
    package var version = "1"
    /// Records that background generation produces in an hour; 0 turns it off.
    package var ratePerHour: UInt64 = 0
    /// The seed of background generation, and of requests that give none.
    package var seed: UInt64 = 0
    /// A file to learn from: CSV for tabular, time_series and text data (text: any UTF-8); nil for the built-in sample.
    package var sampleFile: String?
    /// Where background generation writes; with nil its records are counted and thrown away.
    package var dataFolder: String?
    /// The address to listen on: an IP address or `localhost`.
    package var host = "127.0.0.1"
    /// The TCP port to listen on; 0 lets the system choose a free one.
    package var port = 8080
    /// How long new connections are still accepted after the order to stop, in seconds: for routers that learn of it late.
    package var drainSeconds: Int64 = 0
    package var faults = FaultPlan()
    package var limits = WorkloadLimits()

    package init() {}
}
