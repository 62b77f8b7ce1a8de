package import Diagnostics
package import ServiceModel

/// How many replicas make so much, by what each makes now.
package struct ScaleEstimate: Sendable, Hashable {
    package let replicas: Int
    /// The arithmetic: `310K/hour a replica over the last 5m x 4 = 1.24M/hour`.
    package let explanation: String

    /// - Parameters:
    ///   - bounds: within which an autoscaler keeps the service, as configured.
    /// - Throws: ``Diagnostic`` with `scale.no-throughput` where it is not known what a replica makes, and with
    ///   `scale.out-of-bounds` where it takes more replicas than the autoscaler may make.
    package init(
        _ target: Rate, _ status: ServiceStatus, bounds: ScaleOverride.Replicas?
    ) throws(Diagnostic) {
        let name = status.service.name
        guard let total = status.recordsPerHour, let window = status.throughputWindow, status.readyReplicas > 0 else {
            throw Diagnostic(
                .error, .noThroughput, "it is not known how much a replica of `\(name)` makes",
                why: status.readyReplicas == 0
                    ? "none is ready"
                    : status.throughputProblem ?? "neither Prometheus nor the replicas' own metrics tell",
                fix: status.throughputProblem == nil
                    ? "give the number with --replicas; `monitoring.prometheus` in the configuration lets the tool know"
                    : "have it added to your Role (`synthdata-infra render --rights` prints a whole one), or give the"
                        + " number with --replicas")
        }
        guard total > 0 else {
            throw Diagnostic(
                .error, .noThroughput, "`\(name)` has made nothing over the last \(window)",
                why: "what a replica makes under load cannot be told from one that has nothing to do",
                fix: "give it work and try again, or give the number with --replicas")
        }
        let each = total / Double(status.throughputReplicas ?? status.readyReplicas)
        let needed = (target.perHour / each).rounded(.up)
        let measured = "\(Self.short(each)) a replica over the last \(window)"
        guard needed <= 10_000 else {
            throw Diagnostic(
                .error, .outOfBounds, "\(target) takes more than 10000 replicas", why: measured,
                fix: "ask for less, or give the replicas more to work with")
        }
        var replicas = Int(needed)
        var remark = ""
        if case .between(let minimum, let maximum) = bounds {
            guard replicas <= maximum else {
                throw Diagnostic(
                    .error, .outOfBounds,
                    "\(target) takes \(replicas) replicas, and the autoscaler of `\(name)` may make \(maximum)",
                    why: "\(measured) x \(maximum) = \(Self.short(each * Double(maximum)))",
                    fix: "raise scaling.max_replicas and deploy, or go beyond it with --replicas \(replicas)")
            }
            if replicas < minimum {
                remark = "; the autoscaler's minimum is more than the \(replicas) that it takes"
                replicas = minimum
            }
        }
        self.replicas = replicas
        explanation = "\(measured) x \(replicas) = \(Self.short(each * Double(replicas)))\(remark)"
    }

    /// Three significant digits, so that the product can be checked by hand.
    private static func short(_ perHour: Double) -> String {
        let units: [(String, Double)] = [("B", 1e9), ("M", 1e6), ("K", 1e3), ("", 1)]
        let (suffix, factor) = units.first { perHour >= $0.1 * 0.9995 } ?? ("", 1)
        let value = perHour / factor
        let decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
        let scale = [1.0, 10, 100][decimals]
        let digits = Int((value * scale).rounded())
        var fraction = decimals == 0 ? "" : "\(digits % Int(scale))"
        while !fraction.isEmpty, fraction.count < decimals { fraction = "0" + fraction }
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(digits / Int(scale))\(fraction.isEmpty ? "" : ".\(fraction)")\(suffix)/hour"
    }
}

extension Diagnostic.Code {
    package static let noThroughput = Self("scale.no-throughput", .failed)
    package static let outOfBounds = Self("scale.out-of-bounds", .failed)
}
