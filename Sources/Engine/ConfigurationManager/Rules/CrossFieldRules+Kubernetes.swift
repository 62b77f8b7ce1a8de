package import Diagnostics
import Documents
import ServiceModel

/// What only Kubernetes asks of a service: found here, it does not fail halfway through a deployment.
extension CrossFieldRules {
    mutating func checkKubernetes() {
        if serviceName.value.first?.isNumber == true {
            report(
                .invalidName, "`\(serviceName)` cannot name a Service of Kubernetes: it starts with a digit",
                at: declaration,
                why: "the names of Services follow RFC 1035, which wants a letter",
                fix: "for example `s\(serviceName.value.prefix(ServiceName.maximumLength - 1))`")
        }
        checkLabels("deployment", "labels", valuesAreLabels: true)
        checkLabels("deployment", "annotations", valuesAreLabels: false)
        checkLabels("scheduling", "node_selector", valuesAreLabels: true)
    }

    private mutating func checkLabels(_ section: String, _ key: String, valuesAreLabels: Bool) {
        guard areValid("\(section).\(key)") else { return }
        for entry in settings.value(section, key)?.mapping?.entries ?? [] {
            if let problem = LabelSyntax.problem(withKey: entry.key) {
                report(
                    .invalidLabel, "`\(section).\(key)` cannot have the key `\(entry.key)`", at: entry.keyLocation,
                    why: problem, fix: "write for example `example.com/team`")
            }
            guard valuesAreLabels, let text = entry.value.string, let problem = LabelSyntax.problem(withValue: text)
            else { continue }
            report(
                .invalidLabel, "the label `\(entry.key)` cannot be `\(text)`", at: entry.value.location, why: problem,
                fix: "shorten it, or make it an annotation")
        }
    }
}

extension Diagnostic.Code {
    package static let invalidLabel = Self("config.invalid-label")
}
