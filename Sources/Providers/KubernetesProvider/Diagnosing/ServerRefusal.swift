package import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel

/// Tells what a server's refusal means, at the lines that it is about.
enum ServerRefusal {
    /// Whether an update was refused because a field can only be set once.
    static func saysImmutable(_ status: APIStatus) -> Bool {
        guard status.code == 422 else { return false }
        let texts = status.causes.isEmpty ? [status.message] : status.causes.map(\.message)
        return texts.allSatisfy { text in
            [
                "field is immutable", "is immutable after creation", "updates to statefulset spec",
                "may not change once set",
            ]
            .contains { text.contains($0) }
        }
    }

    /// Whether a 403 is for want of a right, and not of a quota or a webhook's consent.
    static func isAboutRights(_ status: APIStatus) -> Bool {
        !status.message.contains("exceeded quota") && !status.message.contains("admission webhook")
            && status.message.contains(" cannot ")
    }

    /// One problem for each field that the server names; one in all where it names none.
    static func diagnostics(_ status: APIStatus, for object: DesiredObject) -> DiagnosticReport {
        if status.isConflict, status.isOverFields {
            return DiagnosticReport(status.causes.map { conflict($0, object) })
        }
        guard status.code == 422 || status.code == 400, !status.causes.isEmpty else {
            return DiagnosticReport([diagnostic(status, object.identity, at: place(of: status, object))])
        }
        return DiagnosticReport(
            status.causes.map { cause in
                let path = APIFieldPath(cause.field)
                return Diagnostic(
                    .error, .invalidObject, "\(object.identity): \(cause.field): \(cause.message)",
                    at: LiveComparison.location(of: path.resolved(in: object.manifest), in: object.manifest),
                    why: "the server refuses the object (\(status.reason))")
            })
    }

    /// Amounts are refused without naming the field.
    private static func place(of status: APIStatus, _ object: DesiredObject) -> SourceLocation {
        guard isAboutAmounts(status), object.identity.kind == "PersistentVolumeClaim" else {
            return object.manifest.location
        }
        let size = NodePath(keys: ["spec", "resources", "requests", "storage"])
        return LiveComparison.location(of: size, in: object.manifest)
    }

    private static func isAboutAmounts(_ status: APIStatus) -> Bool {
        status.message.contains("exceeded quota") || status.message.contains(" usage per ")
    }

    /// A refusal as a whole.
    static func diagnostic(
        _ status: APIStatus, _ identity: Resource.Identity?, at location: SourceLocation? = nil
    ) -> Diagnostic {
        let subject = identity.map { "\($0): " } ?? ""
        switch status.code {
        case 401:
            return Diagnostic(
                .error, .unauthorized, "the server does not accept the credential", at: location,
                why: status.message, fix: "log in again, or choose another --context")
        case 403 where TerminatingNamespace.refuses(status): return TerminatingNamespace.problem(status)
        case 403 where status.message.contains("exceeded quota"):
            return Diagnostic(
                .error, .quotaExceeded, "\(subject)the namespace's quota does not allow it", at: location,
                why: status.message, fix: "ask for less, or have the ResourceQuota raised")
        case 403 where isAboutAmounts(status):
            return Diagnostic(
                .error, .limitRange, "\(subject)a LimitRange of the namespace does not allow it", at: location,
                why: status.message, fix: "ask for an amount within its bounds, or have it changed")
        case 403 where status.message.contains("admission webhook"),
            400 where status.message.contains("admission webhook"):
            return Diagnostic(
                .error, .admissionDenied, "\(subject)an admission webhook denies it", at: location,
                why: status.message, fix: "change what it objects to, or its policy")
        case 403:
            return Diagnostic(
                .error, .forbidden, "\(subject)you may not do this", at: location, why: status.message,
                fix: "have the right added to your role")
        default:
            return Diagnostic(
                .error, .serverRefused, "\(subject)the server refuses (\(status.code) \(status.reason))",
                at: location, why: status.message)
        }
    }

    /// `conflict with "kubectl-edit" using apps/v1`
    private static func conflict(_ cause: APIStatus.Cause, _ object: DesiredObject) -> Diagnostic {
        let path = APIFieldPath(cause.field).resolved(in: object.manifest)
        let manager = cause.message.split(separator: "\"").dropFirst().first.map(String.init)
        return Diagnostic(
            .error, .conflict,
            "\(object.identity): \(manager.map { "`\($0)`" } ?? "somebody else") has set \(path)",
            at: LiveComparison.location(of: path, in: object.manifest),
            why: "the server keeps who set each field: \(cause.message)",
            fix: "--take-ownership \(path) makes it yours, --keep \(path) leaves it to them")
    }
}

extension Diagnostic.Code {
    static let invalidObject = Self("kubernetes.invalid-object", .invalid)
    package static let forbidden = Self("kubernetes.forbidden", .denied)
    static let quotaExceeded = Self("kubernetes.quota-exceeded", .failed)
    static let admissionDenied = Self("kubernetes.admission-denied", .failed)
    static let serverRefused = Self("kubernetes.refused", .failed)
    static let conflict = Self("kubernetes.conflict", .failed)
}

extension ServerRefusal {
    /// Runs `work`; what the server or the way to it says is thrown as ``Diagnostic``.
    static func told<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let status as APIStatus {
            throw diagnostic(status, nil)
        } catch let error as HTTPError {
            if case .cancelled = error.kind { throw CancellationError() }
            throw error.diagnostic
        }
    }
}
