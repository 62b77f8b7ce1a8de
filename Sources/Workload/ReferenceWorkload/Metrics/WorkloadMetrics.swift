import ServiceModel

/// The metrics of one service: the common ones, and those of its type of data.
///
/// | type | counter | its labels |
/// |---|---|---|
/// | tabular | `synthdata_tabular_records_generated_total` | dataset, generator_type, schema_version |
/// | time_series | `synthdata_time_series_points_generated_total` | dataset, generator_type |
/// | text | `synthdata_text_documents_generated_total` | dataset, generator_type |
/// | image | `synthdata_image_generated_total` | model, resolution, category |
/// | audio | `synthdata_audio_clips_generated_total` | model, sample_rate, category |
/// | video | `synthdata_video_clips_generated_total`, `synthdata_video_frames_generated_total` | model, resolution, category |
///
/// A metric that this workload can't measure, such as GPU seconds or the Fréchet Inception Distance, isn't there.
package struct WorkloadMetrics: Sendable {
    private let registry = MetricRegistry()
    private let name: String
    private let version: String
    private let dataType: DataType

    package init(_ configuration: WorkloadConfiguration) {
        name = configuration.name
        version = configuration.version
        dataType = configuration.dataType
        declareCommon()
        declareTyped()
    }

    private var prefix: String { "synthdata_\(dataType.rawValue)" }

    private var counter: (name: String, help: String, labels: [String]) {
        switch dataType {
        case .tabular:
            (
                "\(prefix)_records_generated_total", "Total number of synthetic records generated",
                ["dataset", "generator_type", "schema_version"]
            )
        case .timeSeries:
            (
                "\(prefix)_points_generated_total", "Total number of synthetic points generated",
                ["dataset", "generator_type"]
            )
        case .text:
            (
                "\(prefix)_documents_generated_total", "Total number of synthetic documents generated",
                ["dataset", "generator_type"]
            )
        case .image:
            (
                "\(prefix)_generated_total", "Total number of synthetic images generated",
                ["model", "resolution", "category"]
            )
        case .audio:
            (
                "\(prefix)_clips_generated_total", "Total number of synthetic audio clips generated",
                ["model", "sample_rate", "category"]
            )
        case .video:
            (
                "\(prefix)_clips_generated_total", "Total number of synthetic video clips generated",
                ["model", "resolution", "category"]
            )
        }
    }

    private func declareCommon() {
        let type = [dataType.rawValue]
        registry.declare(
            "synthdata_records_generated_total", .counter, help: "Total number of synthetic records generated",
            labels: ["data_type"])
        registry.increment("synthdata_records_generated_total", labels: type, by: 0)
        registry.declare(
            "synthdata_errors_total", .counter, help: "Total number of failed requests (5xx) and failed writes",
            labels: ["data_type"])
        registry.increment("synthdata_errors_total", labels: type, by: 0)
        registry.declare(
            "synthdata_queue_length", .gauge, help: "Requests that wait for a worker or run", labels: ["data_type"])
        registry.set("synthdata_queue_length", labels: type, to: 0)
        registry.declare(
            "synthdata_cpu_usage", .gauge, help: "Share of the available CPU time in use (0-1)", labels: ["data_type"])
        registry.declare(
            "synthdata_memory_usage", .gauge, help: "Share of the available memory in use (0-1)", labels: ["data_type"])
    }

    private func declareTyped() {
        registry.declare(counter.name, .counter, help: counter.help, labels: counter.labels)
        if dataType == .video {
            registry.declare(
                "\(prefix)_frames_generated_total", .counter, help: "Total number of synthetic video frames generated",
                labels: counter.labels)
        }
        registry.declare(
            "\(prefix)_generation_duration_seconds", .histogram(buckets: [0.1, 0.5, 1, 5, 10, 30, 60]),
            help: "Time taken to generate synthetic data")
        registry.declare(
            "\(prefix)_privacy_score", .gauge, help: "Privacy preservation score (0-1)",
            labels: ["dataset", "privacy_method"])
        registry.declare(
            "\(prefix)_utility_score", .gauge, help: "Statistical utility score (0-1)",
            labels: ["dataset", "metric_type"])
        registry.declare(
            "\(prefix)_schema_validation_errors_total", .counter,
            help: "Total number of validated pieces of data whose shape was wrong", labels: ["dataset"])
        registry.increment("\(prefix)_schema_validation_errors_total", labels: [name], by: 0)
    }

    /// Counts generated records; `labels` gives values for the type's own labels.
    package func recordGenerated(records: Int, frames: Int = 0, labels: [String: String]) {
        var known = labels
        known["dataset"] = name
        known["schema_version"] = version
        let values = counter.labels.map { known[$0] ?? "" }
        registry.increment("synthdata_records_generated_total", labels: [dataType.rawValue], by: Double(records))
        registry.increment(counter.name, labels: values, by: Double(records))
        registry.increment("\(prefix)_frames_generated_total", labels: values, by: Double(frames))
    }

    package func recordDuration(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        registry.observe("\(prefix)_generation_duration_seconds", Double(seconds) + Double(attoseconds) * 1e-18)
    }

    package func recordValidation(_ report: ValidationReport) {
        if let privacy = report.privacy {
            registry.set("\(prefix)_privacy_score", labels: [name, "exact_copy_share"], to: privacy)
        }
        if let utility = report.utility {
            registry.set("\(prefix)_utility_score", labels: [name, "similarity"], to: utility)
        }
        if !report.isWellFormed { registry.increment("\(prefix)_schema_validation_errors_total", labels: [name]) }
    }

    package func recordError() {
        registry.increment("synthdata_errors_total", labels: [dataType.rawValue])
    }

    package func setQueueLength(_ length: Int) {
        registry.set("synthdata_queue_length", labels: [dataType.rawValue], to: Double(length))
    }

    package func setUsage(cpu: Double, memory: Double) {
        registry.set("synthdata_cpu_usage", labels: [dataType.rawValue], to: cpu)
        registry.set("synthdata_memory_usage", labels: [dataType.rawValue], to: memory)
    }

    /// The text that `/metrics` answers with.
    package func exposition() -> String { registry.exposition() }
}
