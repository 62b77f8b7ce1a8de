package import Diagnostics
import Documents
package import ServiceModel

/// The files of what is known of a deployment that failed, in the order in which a person would read them.
///
/// Nothing in them is a secret: variables that look like one, values of Secrets that the service refers to, and these
/// values wherever else they stand.
package struct EvidenceBundle: Sendable {
    package struct File: Sendable {
        package let path: String
        package let text: String
    }

    /// How many of the last lines of each log are kept.
    package static let logLines = 500

    package private(set) var files: [File] = []

    /// - Parameters:
    ///   - plan: nil where it did not come to one.
    ///   - events: what happened, a line each.
    package static func gather(
        _ release: Release, plan: Plan?, problems: [Diagnostic], events: [String], from provider: any Provider
    ) async -> EvidenceBundle {
        let service = release.service
        var evidence = Evidence()
        if let provider = provider as? any EvidenceGathering {
            evidence = await provider.evidence(of: service, release.resources)
        } else {
            evidence.items = await logs(of: service, from: provider)
        }
        for resource in release.resources { evidence.secrets.formUnion(Scrubber.secretValues(in: resource.manifest)) }
        var bundle = EvidenceBundle()
        let scrubber = Scrubber(evidence.secrets)
        bundle.add("verdict.txt", problems.map(\.description).joined(separator: "\n") + "\n", scrubber)
        bundle.add("verdict.yaml", YAMLEmitter.emit(.sequence(problems.map(\.document))), scrubber)
        bundle.add("events.jsonl", events.map { $0 + "\n" }.joined(), scrubber)
        if let plan { bundle.add("plan.yaml", YAMLEmitter.emit(plan.summary), scrubber) }
        bundle.add("release.yaml", YAMLEmitter.emit(release.redacted.document), scrubber)
        let status = await status(of: service, from: provider)
        for item in [status] + evidence.items {
            switch item.content {
            case .document(let node):
                bundle.add(item.path, YAMLEmitter.emit(SecretRedaction.redacted(node)), scrubber)
            case .text(let text): bundle.add(item.path, text.hasSuffix("\n") ? text : text + "\n", scrubber)
            case .unreadable(let reason): bundle.unreadable.append("\(item.path): \(reason)")
            }
        }
        bundle.addContents(service, release)
        return bundle
    }

    private var unreadable: [String] = []

    private mutating func add(_ path: String, _ text: String, _ scrubber: Scrubber) {
        files.append(File(path: path, text: scrubber.scrubbed(text)))
    }

    /// What there is, and what could not be had.
    private mutating func addContents(_ service: ServiceIdentity, _ release: Release) {
        var text = "What is known of the deployment of \(service) (\(release.reason)) when it failed.\n"
        text += "Values that look like secrets are left out.\n\n"
        for file in files { text += "\(file.path)\n" }
        if !unreadable.isEmpty {
            text += "\nWhat could not be read:\n"
            for line in unreadable { text += "\(line)\n" }
        }
        files.insert(File(path: "README.txt", text: text), at: 0)
    }

    private static func status(of service: ServiceIdentity, from provider: any Provider) async -> Evidence.Item {
        do {
            guard let status = try await provider.observe([service]).first else {
                return Evidence.Item("status.yaml", .unreadable("there is no such service"))
            }
            let replicas = status.replicas.map { replica -> Node in
                [
                    "name": .string(replica.name), "state": .string(replica.state),
                    "restarts": .integer(replica.restarts), "revision": .integer(replica.revision),
                ]
            }
            return Evidence.Item(
                "status.yaml",
                .document([
                    "status": .string(status.state.rawValue), "cause": status.cause.map { .string($0) } ?? .null,
                    "revision": .integer(status.revision), "desired": .integer(status.desiredReplicas),
                    "ready": .integer(status.readyReplicas), "replicas": .sequence(replicas),
                ]))
        } catch {
            return Evidence.Item("status.yaml", .unreadable("\(error)"))
        }
    }

    private static func logs(of service: ServiceIdentity, from provider: any Provider) async -> [Evidence.Item] {
        var logs: [String: String] = [:]
        do {
            for try await line in provider.logs(of: service, replica: nil, tail: logLines, follow: false) {
                logs[line.replica, default: ""] += line.text + "\n"
            }
        } catch {
            return [Evidence.Item("logs", .unreadable("\(error)"))]
        }
        return logs.sorted { $0.key < $1.key }.map { Evidence.Item("logs/\($0.key).log", .text($0.value)) }
    }
}

extension Plan {
    /// What it would do, with marks for what looks like a secret.
    fileprivate var summary: Node {
        let changes = changes.filter { $0.action != .unchanged }.map { change -> Node in
            let fields = change.fields.map { field -> Node in
                ["path": .string("\(field.path)"), "old": field.old ?? .null, "new": field.new ?? .null]
            }
            return [
                "resource": .string("\(change.resource)"), "action": .string(change.action.rawValue),
                "effect": .string(change.effect.name), "reason": change.reason.map { .string($0) } ?? .null,
                "fields": .sequence(fields),
            ]
        }
        return [
            "revision": .integer(release.revision), "baseRevision": .integer(baseRevision),
            "changes": .sequence(changes),
        ]
    }
}
