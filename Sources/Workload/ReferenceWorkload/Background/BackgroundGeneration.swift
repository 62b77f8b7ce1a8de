import Logging
import ServiceModel

/// Generates records at a steady rate and writes them to the data folder, if there is one, until its task is cancelled.
///
/// Work comes in a batch a tick. A failed write counts as an error, is logged when it begins and when it ends, and is
/// tried again on the next tick; records that could not be written aren't counted as generated.
struct BackgroundGeneration {
    /// The most records of one tick, fewer where a record is a whole file; a rate that the machine can't keep up with
    /// falls behind instead of piling up.
    private let maximumBatch: Int
    private static let tick: Duration = .milliseconds(250)

    private let generator: any DataGenerator
    private let metrics: WorkloadMetrics
    private let logger: Logger
    /// Nil when there is nowhere to write: the records are counted and thrown away.
    private var store: RecordStore?
    private var accountant: RateAccountant
    private var random: SeededGenerator
    private var nextRecord: Int64 = 0
    private var isFailing = false

    init?(
        _ configuration: WorkloadConfiguration, generator: any DataGenerator, metrics: WorkloadMetrics, logger: Logger
    ) {
        guard configuration.ratePerHour > 0 else { return nil }
        self.generator = generator
        self.metrics = metrics
        self.logger = logger
        store = configuration.dataFolder.map { folder in
            RecordStore(
                folder: folder, prefix: configuration.dataType.rawValue, layout: generator.recordLayout,
                maximumBytes: configuration.limits.dataFolderBytes, segmentBytes: configuration.limits.segmentBytes)
        }
        if store == nil { logger.warning("no data folder: generated records are counted and thrown away") }
        maximumBatch =
            switch generator.recordLayout {
            case .appended: 20_000
            case .separate: 200
            }
        accountant = RateAccountant(ratePerHour: configuration.ratePerHour)
        random = SeededGenerator(seed: configuration.seed)
    }

    mutating func run() async {
        let clock = ContinuousClock()
        var last = clock.now
        while !Task.isCancelled {
            try? await clock.sleep(until: last + Self.tick, tolerance: .milliseconds(50))
            guard !Task.isCancelled else { return }
            let now = clock.now
            produce(min(accountant.recordsDue(after: now - last), maximumBatch), clock: clock)
            last = now
        }
    }

    private mutating func produce(_ count: Int, clock: ContinuousClock) {
        guard count > 0 else { return }
        let start = clock.now
        let records = generator.records(count, from: nextRecord, using: &random)
        metrics.recordDuration(clock.now - start)
        nextRecord += Int64(count)
        var written = 0
        do {
            if store == nil { written = count }
            try store?.append(records, written: &written)
            if isFailing { logger.notice("writing generated records works again") }
            isFailing = false
        } catch {
            metrics.recordError()
            if !isFailing {
                logger.error("cannot write generated records; trying again", metadata: ["reason": "\(error)"])
            }
            isFailing = true
        }
        guard written > 0 else { return }
        metrics.recordGenerated(
            records: written, frames: written * generator.backgroundFrames, labels: generator.backgroundLabels)
    }
}
