/// Typed access to the members of one object of the configuration file; every error names the file and the key.
///
/// `null` counts as absent.
struct SettingsReader {
    let source: String
    /// The keys that lead to this object, each followed by a dot; empty at the top.
    let path: String
    let value: JSONValue

    func string(_ key: String) throws(StartupError) -> String? {
        guard let member = member(key) else { return nil }
        guard case .string(let text) = member else { throw mismatch(key, "a string") }
        return text
    }

    func bool(_ key: String) throws(StartupError) -> Bool? {
        guard let member = member(key) else { return nil }
        guard case .bool(let flag) = member else { throw mismatch(key, "true or false") }
        return flag
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(StartupError) -> Double? {
        guard let member = member(key) else { return nil }
        let expected =
            "a number from \(JSONValue.number(range.lowerBound).text) to "
            + JSONValue.number(range.upperBound).text
        let number: Double
        switch member {
        case .integer(let value): number = Double(value)
        case .unsigned(let value): number = Double(value)
        case .number(let value): number = value
        default: throw mismatch(key, expected)
        }
        guard range.contains(number) else { throw mismatch(key, expected) }
        return number
    }

    func seed(_ key: String) throws(StartupError) -> UInt64? {
        switch member(key) {
        case nil: return nil
        case .integer(let value) where value >= 0: return UInt64(value)
        case .unsigned(let value): return value
        default: throw mismatch(key, "a whole number from 0 to \(UInt64.max)")
        }
    }

    func object(_ key: String) throws(StartupError) -> SettingsReader? {
        guard let member = member(key) else { return nil }
        guard case .object = member else { throw mismatch(key, "an object") }
        return SettingsReader(source: source, path: path + key + ".", value: member)
    }

    private func member(_ key: String) -> JSONValue? {
        value[key].flatMap { $0 == .null ? nil : $0 }
    }

    private func mismatch(_ key: String, _ expected: String) -> StartupError {
        WorkloadConfiguration.invalid("\(source): \(path)\(key) is not valid", hint: "give \(expected)")
    }
}

extension FaultPlan {
    init(_ reader: SettingsReader) throws(StartupError) {
        self.init()
        let week = 604_800.0
        exitAfterSeconds = try reader.number("exit_after_seconds", in: 0...week)
        if let code = try reader.number("exit_code", in: 0...255) { exitCode = Int32(code) }
        if let flag = try reader.bool("never_ready") { neverReady = flag }
        if let seconds = try reader.number("ready_after_seconds", in: 0...week) { readyAfterSeconds = seconds }
        if let flag = try reader.bool("ignore_sigterm") { ignoreSIGTERM = flag }
        if let rate = try reader.number("error_rate", in: 0...1) { errorRate = rate }
        if let delay = try reader.number("latency_ms", in: 0...600_000) { latencyMilliseconds = Int64(delay) }
    }
}
