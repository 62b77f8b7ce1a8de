import Diagnostics
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Where one service keeps what must outlive the command: every file has one writer.
///
/// | file | written by | holds |
/// |---|---|---|
/// | `desired.json` | the deployment that holds `lock` | the release to run |
/// | `releases/NNNN.json` | the same | history |
/// | `serving.json` | the supervisor | the last release that became ready |
/// | `supervisor.json` | the supervisor | its process, its replicas, the last failure |
/// | `port` | the supervisor | the endpoint's port, chosen once |
/// | `control.sock`, `supervisor.lock` | the supervisor | its control socket; held while it lives |
/// | `logs/NAME.log` | replica NAME | its output, rotated by the supervisor |
/// | `replicas/N/` | replica N | its configuration and data folder |
package struct StateFolder: Sendable, Hashable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    init(root: String, service: ServiceIdentity) {
        path = "\(root)/\(service.namespace)/\(service.name)"
    }

    /// `$XDG_STATE_HOME/synthdata-infra/local`, by the XDG Base Directory Specification.
    package static func standardRoot(environment: [String: String]) -> String {
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return "\(base)/synthdata-infra/local" }
        return "\(environment["HOME"] ?? "")/.local/state/synthdata-infra/local"
    }

    var desired: String { "\(path)/desired.json" }
    var serving: String { "\(path)/serving.json" }
    var supervisorRecord: String { "\(path)/supervisor.json" }
    var supervisorLock: String { "\(path)/supervisor.lock" }
    var supervisorLog: String { "\(path)/supervisor.log" }
    var port: String { "\(path)/port" }
    var lock: String { "\(path)/lock" }
    var releases: String { "\(path)/releases" }
    var logs: String { "\(path)/logs" }
    var replicas: String { "\(path)/replicas" }
    static let controlSocketName = "control.sock"

    func replica(_ slot: Int) -> String { "\(replicas)/\(slot)" }
    func data(_ slot: Int) -> String { "\(replica(slot))/data" }
    func log(_ replica: String) -> String { "\(logs)/\(replica).log" }

    /// Makes the folder and those around it, for this user alone.
    ///
    /// - Throws: ``Diagnostic`` with code `local.state-unwritable`.
    func create(_ folder: String? = nil) throws(Diagnostic) {
        let target = folder ?? path
        var made = ""
        for part in target.split(separator: "/") {
            made += "/\(part)"
            if mkdir(made, 0o700) != 0, errno != EEXIST {
                // A folder on the way may be there and closed to us; only the end decides.
                let problem = errno
                var status = stat()
                if stat(made, &status) != 0 { throw StateFile.unwritable(target, problem) }
            }
        }
    }

    var exists: Bool { access(path, F_OK) == 0 }
}
