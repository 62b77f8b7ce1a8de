import Documents

/// Typed access to the members of one object of the configuration file; every error names the file and the key.
///
/// `null` counts as absent.
struct SettingsReader {
    let source: String
    /// The keys that lead to this object, each followed by a dot; empty at the top.
    let path: String
    let value: Node

    func string(_ key: String) throws(StartupError) -> String? {
        guard let member = member(key) else { return nil }
        guard let text = member.string else { throw mismatch(key, "a string") }
        return text
    }

    func bool(_ key: String) throws(StartupError) -> Bool? {
        guard let member = member(key) else { return nil }
        guard let flag = member.bool else { throw mismatch(key, "true or false") }
        return flag
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(StartupError) -> Double? {
        guard let member = member(key) else { return nil }
        guard let number = member.number?.double, range.contains(number) else {
            let bounds = (Number(range.lowerBound).text, Number(range.upperBound).text)
            throw mismatch(key, "a number from \(bounds.0) to \(bounds.1)")
        }
        return number
    }

    func seed(_ key: String) throws(StartupError) -> UInt64? {
        guard let member = member(key) else { return nil }
        guard let seed = member.number.flatMap({ UInt64($0.text) }) else {
            throw mismatch(key, "a whole number from 0 to \(UInt64.max)")
        }
        return seed
    }

    func object(_ key: String) throws(StartupError) -> SettingsReader? {
        guard let member = member(key) else { return nil }
        guard member.mapping != nil else { throw mismatch(key, "an object") }
        return SettingsReader(source: source, path: path + key + ".", value: member)
    }

    private func member(_ key: String) -> Node? {
        guard let member = value[key], !member.isNull else { return nil }
        return member
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
