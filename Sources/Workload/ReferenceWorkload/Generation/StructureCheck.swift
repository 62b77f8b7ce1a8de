import Documents

/// One yes-or-no finding about the structure of a file.
struct StructureCheck: Equatable, Sendable {
    let name: String
    let isPassed: Bool

    init(_ name: String, _ isPassed: Bool) {
        self.name = name
        self.isPassed = isPassed
    }
}

extension ValidationReport {
    /// A report on structure alone: utility is the share of checks passed, privacy isn't judged.
    init(checks: [StructureCheck]) {
        let passed = checks.count(where: \.isPassed)
        self.init(
            utility: Double(passed) / Double(max(1, checks.count)), privacy: nil, isWellFormed: passed == checks.count,
            details: [
                "checks": .mapping(Mapping(uniqueEntries: checks.map { .init($0.name, .bool($0.isPassed)) }))
            ])
    }
}
