import Diagnostics
import Documents
import ServiceModel

/// What a supervisor knows of its service at one moment: the answer to `status`, and, in
/// `supervisor.json`, what its successor finds.
struct ServiceSnapshot: Sendable {
    struct Replica: Sendable {
        let name: String
        let slot: Int
        let state: String
        let restarts: Int
        let started: Int?
        let revision: Int
        let template: String
        let process: ProcessIdentity?
        let port: Int
    }

    struct Failure: Sendable {
        let revision: Int
        let diagnostic: Diagnostic
    }

    let supervisor: ProcessIdentity
    let revision: Int
    let state: ServiceStatus.State
    let cause: String?
    let desiredReplicas: Int
    let replicas: [Replica]
    let port: Int?
    let failure: Failure?
    let recordsPerHour: Double?
    let cpuUsage: Double?
    let memoryUsage: Double?

    var document: Node {
        var result = Mapping()
        result["protocol"] = .integer(ControlMessage.version)
        result["supervisor"] = supervisor.document
        result["revision"] = .integer(revision)
        result["state"] = .string(state.rawValue)
        if let cause { result["cause"] = .string(cause) }
        result["desiredReplicas"] = .integer(desiredReplicas)
        result["replicas"] = .sequence(replicas.map(\.document))
        if let port { result["port"] = .integer(port) }
        if let failure {
            result["failure"] = [
                "revision": .integer(failure.revision), "diagnostic": failure.diagnostic.document,
            ]
        }
        if let recordsPerHour { result["recordsPerHour"] = .number(recordsPerHour) }
        if let cpuUsage { result["cpuUsage"] = .number(cpuUsage) }
        if let memoryUsage { result["memoryUsage"] = .number(memoryUsage) }
        return .mapping(result)
    }
}

extension ServiceSnapshot {
    init?(document: Node) {
        guard let supervisor = document["supervisor"].flatMap(ProcessIdentity.init(document:)),
            let revision = document["revision"]?.integer,
            let state = document["state"]?.string.flatMap(ServiceStatus.State.init(rawValue:)),
            let desired = document["desiredReplicas"]?.integer, let replicas = document["replicas"]?.sequence
        else { return nil }
        self.init(
            supervisor: supervisor, revision: revision, state: state, cause: document["cause"]?.string,
            desiredReplicas: desired, replicas: replicas.compactMap(Replica.init(document:)),
            port: document["port"]?.integer,
            failure: document["failure"].flatMap { failure in
                guard let revision = failure["revision"]?.integer,
                    let diagnostic = failure["diagnostic"].flatMap(Diagnostic.init(document:))
                else { return nil }
                return Failure(revision: revision, diagnostic: diagnostic)
            },
            recordsPerHour: document["recordsPerHour"]?.number?.double,
            cpuUsage: document["cpuUsage"]?.number?.double, memoryUsage: document["memoryUsage"]?.number?.double)
    }

    /// What an earlier supervisor of the service wrote.
    static func read(_ folder: StateFolder, warn: (Diagnostic) -> Void) -> ServiceSnapshot? {
        StateFile.read(folder.supervisorRecord, warn: warn) { ServiceSnapshot(document: $0) }
    }
}

extension ServiceSnapshot.Replica {
    var document: Node {
        var result = Mapping()
        result["name"] = .string(name)
        result["slot"] = .integer(slot)
        result["state"] = .string(state)
        result["restarts"] = .integer(restarts)
        if let started { result["started"] = .integer(started) }
        result["revision"] = .integer(revision)
        result["template"] = .string(template)
        if let process { result["process"] = process.document }
        result["port"] = .integer(port)
        return .mapping(result)
    }

    init?(document: Node) {
        guard let name = document["name"]?.string, let slot = document["slot"]?.integer,
            let state = document["state"]?.string, let revision = document["revision"]?.integer,
            let template = document["template"]?.string, slot >= 0
        else { return nil }
        self.init(
            name: name, slot: slot, state: state, restarts: document["restarts"]?.integer ?? 0,
            started: document["started"]?.integer, revision: revision, template: template,
            process: document["process"].flatMap(ProcessIdentity.init(document:)),
            port: document["port"]?.integer ?? 0)
    }
}
