import Diagnostics
import Documents
import ServiceModel

/// Says what Terraform reports in words that tell where it comes from and what to do.
struct TerraformRefusal {
    let module: Node
    let service: ServiceIdentity
    /// Where `terraform` is to be run by hand.
    let folder: String

    /// - Parameters:
    ///   - problems: those that are errors count.
    ///   - errors: what stands beside them for people.
    func error(_ problems: [TerraformProblem], _ errors: String) -> any Error {
        var found = problems.filter(\.isError)
        if found.isEmpty { found = [TerraformProblem(text: errors)] }
        let told = found.map(diagnostic)
        return told.count == 1 ? told[0] : DiagnosticReport(told)
    }

    private func diagnostic(_ problem: TerraformProblem) -> Diagnostic {
        switch problem.summary {
        case "Error acquiring the state lock": locked(StateLock(problem.detail))
        case "Saved plan is stale":
            Diagnostic(
                .error, .terraformStale, "Terraform's plan of `\(service.name)` is out of date",
                why: "somebody has changed its state since the plan was made", fix: "deploy again: it is planned anew")
        case "Backend initialization required", "Backend configuration changed", "Backend type changed":
            Diagnostic(
                .error, .terraformBackend, "the Terraform state of `\(service.name)` is kept elsewhere than before",
                at: module.value("terraform", "backend")?.location,
                why: "`providers.*.terraform.backend` has changed, and state does not move by itself",
                fix: "move it with `terraform -chdir=\(folder) init -migrate-state`, or change the setting back")
        case let summary where Self.isAboutPlugins(summary):
            Diagnostic(
                .error, .terraformPlugins, "Terraform cannot install its providers", why: Self.prose(problem),
                fix: "let this machine reach registry.terraform.io, or name a mirror in Terraform's CLI configuration"
                    + " (`provider_installation`)")
        default: refused(problem)
        }
    }

    private static func isAboutPlugins(_ summary: String) -> Bool {
        summary.hasPrefix("Failed to query available provider packages")
            || summary.hasPrefix("Failed to install provider")
            || summary.hasPrefix("Required plugins are not installed")
            || summary.hasPrefix("Inconsistent dependency lock file")
    }

    private func locked(_ lock: StateLock) -> Diagnostic {
        let release =
            lock.id.map { "`terraform -chdir=\(folder) force-unlock \($0)` frees it" }
            ?? "`terraform -chdir=\(folder) force-unlock ID` frees it"
        return Diagnostic(
            .error, .terraformLocked, "the Terraform state of `\(service.name)` is locked", why: lock.description,
            fix: "wait for that run to end; where it was killed and no Terraform runs there any more, \(release)")
    }

    private func refused(_ problem: TerraformProblem) -> Diagnostic {
        let exists = [
            "EntityAlreadyExists", "BucketAlready", "ResourceInUseException", "AlreadyExists", "already exists",
        ]
        var fix: String?
        if exists.contains(where: problem.detail.contains) || exists.contains(where: problem.summary.contains) {
            fix =
                "where it is the service's own, have it taken over: the variable TF_VAR_adopt names what exists"
                + " (docs/terraform.md)"
        } else if ["ExpiredToken", "expired"].contains(where: problem.detail.contains) {
            fix = "deploy again with credentials that live longer than the run"
        }
        return Diagnostic(
            .error, .terraformFailed, "Terraform: \(problem.summary.trimmed)", at: location(of: problem),
            why: [problem.address, Self.prose(problem)].compactMap { $0 }.filter { !$0.isEmpty }
                .joined(separator: ": "), fix: fix)
    }

    /// The detail as one paragraph, without what is said beside the matter.
    private static func prose(_ problem: TerraformProblem) -> String {
        var words: [Substring] = []
        for line in problem.detail.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("To see which modules") { break }
            words += line.split(separator: " ")
        }
        return words.joined(separator: " ")
    }

    /// Of the value that the problem names, or else of the resource's first that the configuration decides.
    private func location(of problem: TerraformProblem) -> SourceLocation? {
        guard let address = problem.address else { return nil }
        let parts = address.prefix { $0 != "[" }.split(separator: ".").map(String.init)
        guard parts.count == 2, let body = module.value("resource", parts[0], parts[1]) else { return nil }
        // `"//"` tells those of the configuration, before values that only templates have.
        let decided = (body["//"]?.sequence ?? []).compactMap { Decided($0.string ?? "", in: body) }
        let text = problem.summary + " " + problem.detail
        let named = decided.filter { !$0.isBesides }.filter { text.tells($0.value) }.max {
            $0.value.count < $1.value.count
        }
        if let decided = named ?? decided.first { return decided.location }
        return body.mapping?.entries.lazy.map(\.value.location).first(where: \.isKnown)
    }
}

/// A value of a resource, and the configuration line that decides it.
private struct Decided {
    let value: String
    let location: SourceLocation
    /// Whether it is a word of people's own, which any message may have by chance.
    let isBesides: Bool

    /// - Parameter comment: `scaling_config[0].max_size: services/demo.yaml:12:9`
    init?(_ comment: String, in body: Node) {
        guard let colon = comment.firstRange(of: ": ") else { return nil }
        location = SourceLocation(written: String(comment[colon.upperBound...]))
        let path = try? NodePath(parsing: String(comment[..<colon.lowerBound]))
        let words = ["labels", "node_labels", "taint", "tags", "description"]
        isBesides = path?.steps.contains { step in words.contains { step == .key($0) } } ?? true
        value = path.flatMap { body[$0]?.string } ?? ""
    }
}

/// Who holds a state, as Terraform tells it in prose.
///
/// https://developer.hashicorp.com/terraform/language/state/locking
struct StateLock: CustomStringConvertible {
    let id: String?
    private let fields: [String: String]

    init(_ detail: String) {
        var fields: [String: String] = [:]
        for line in detail.split(separator: "\n") where line.hasPrefix("  ") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon]).trimmed] = String(line[line.index(after: colon)...]).trimmed
        }
        self.fields = fields.filter { !$0.value.isEmpty }
        id = self.fields["ID"]
    }

    var description: String {
        guard let who = fields["Who"] else { return "another run of Terraform holds it" }
        let since = fields["Created"].map { " since \($0.prefix { $0 != "." })" } ?? ""
        let what = fields["Operation"].map { ", for \($0.replacing("OperationType", with: "").lowercased())" } ?? ""
        return "held by \(who)\(since)\(what)"
    }
}

extension Diagnostic.Code {
    static let terraformLocked = Self("terraform.locked", .locked)
    static let terraformStale = Self("terraform.stale-plan", .failed)
    static let terraformBackend = Self("terraform.backend-changed", .failed)
    static let terraformPlugins = Self("terraform.plugins", .failed)
}
