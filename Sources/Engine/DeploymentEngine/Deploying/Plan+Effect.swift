package import Diagnostics
import Documents
package import ServiceModel

extension Plan {
    /// - Throws: ``Diagnostic`` with `plan.effect` when a change does more than `maximum`.
    package func check(atMost maximum: Effect) throws(Diagnostic) {
        guard let worst = changes.max(by: { $0.effect < $1.effect }), worst.effect > maximum else { return }
        throw Diagnostic(
            .error, .effectNotAllowed, "\(worst.resource) would need the effect `\(worst.effect)`",
            at: worst.fields.lazy.compactMap { $0.new?.location }.first { $0.isKnown },
            why: "at most `\(maximum)` is allowed; \(worst.reason ?? "\(worst.action)")",
            fix: "--max-effect \(worst.effect.name) allows it")
    }
}
