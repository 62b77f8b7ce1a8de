import Diagnostics
import ServiceModel

/// What a `scale` is asked for.
enum ScaleRequest {
    enum Amount {
        case replicas(Int)
        case rate(Rate)
    }

    /// The replicas of a service, for a time or to stay.
    case set(service: String, Amount, for: TimeSpan?)
    /// Go back where the time is over.
    case expire

    /// - Throws: ``Diagnostic`` at the flag that is missing, too much or malformed.
    init(_ command: ScaleCommand) throws(Diagnostic) {
        let given = [
            ("--replicas", command.replicas != nil), ("--to", command.to != nil), ("--expire", command.expire),
        ].filter(\.1).map(\.0)
        guard given.count == 1 else {
            throw Diagnostic(
                .error, .scaleAmount,
                given.isEmpty
                    ? "`scale` needs to know how far" : "\(given.joined(separator: " and ")) exclude each other",
                fix: "give one of `--replicas 3`, `--to 1.2M/hour` and `--expire`")
        }
        if command.expire {
            guard command.duration == nil else {
                throw Diagnostic(
                    .error, .scaleAmount, "--expire takes no time",
                    at: SourceLocation(file: SourceFile("--for")), fix: "leave out one of --for and --expire")
            }
            self = .expire
            return
        }
        guard let service = command.service else {
            throw Diagnostic(
                .error, .usage, "`synthdata-infra scale` needs `--service <service>`",
                fix: "name one service; only --expire works on all of them")
        }
        let time = try command.duration.map { text throws(Diagnostic) in
            let time = try DeploymentOptions.time(text, "--for")
            guard time.milliseconds >= 1000 else {
                throw Diagnostic(
                    .error, .invalidTime, "`\(text)` is over at once", at: SourceLocation(file: SourceFile("--for")),
                    fix: "write for example `--for 2h`")
            }
            return time
        }
        if let text = command.to {
            self = .set(service: service, .rate(try Self.rate(text)), for: time)
        } else {
            let number = try WholeNumber.read(command.replicas ?? "", "--replicas", 0...10_000)
            self = .set(service: service, .replicas(number), for: time)
        }
    }

    private static func rate(_ text: String) throws(Diagnostic) -> Rate {
        guard let rate = Rate(text), rate.perHour > 0 else {
            throw Diagnostic(
                .error, .invalidRate, "`\(text)` is not a rate", at: SourceLocation(file: SourceFile("--to")),
                why: "it takes a number above 0 and a time: 500/minute, 1.2M/hour",
                fix: "write for example `--to 1.2M/hour`")
        }
        return rate
    }
}

extension Diagnostic.Code {
    static let scaleAmount = Self("usage.scale")
    static let invalidRate = Self("usage.invalid-rate")
}
