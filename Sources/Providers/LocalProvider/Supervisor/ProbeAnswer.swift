/// What a probe found.
struct ProbeAnswer: Sendable, Equatable {
    let isGood: Bool
    /// For people: `503: warming up`, `connection refused`.
    let text: String
}
