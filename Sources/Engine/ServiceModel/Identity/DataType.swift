/// The kinds of synthetic data that a service can produce.
public enum DataType: String, Sendable, Hashable, CaseIterable {
    case tabular
    case timeSeries = "time_series"
    case text
    case image
    case audio
    case video

    /// Reads a written name; `-` and `_` are alike (`time-series`).
    public init?(name: String) {
        self.init(rawValue: String(name.map { $0 == "-" ? "_" : $0 }))
    }
}
