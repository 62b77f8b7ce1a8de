package import Diagnostics
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

    /// The folder `local` of the ``userRoot(environment:)``.
    package static func standardRoot(environment: [String: String]) throws(Diagnostic) -> String {
        "\(try userRoot(environment: environment))/local"
    }

    /// `$XDG_STATE_HOME/synthdata-infra`, or else `$HOME/.local/state/synthdata-infra`, by the XDG Base Directory
    /// Specification: what the user has on this machine. Where that says to ignore a relative path, it is refused:
    /// state that is kept elsewhere than was asked for would not be found again.
    ///
    /// - Throws: ``Diagnostic`` with code `local.no-state-folder`.
    package static func userRoot(environment: [String: String]) throws(Diagnostic) -> String {
        let base = environment["XDG_STATE_HOME"] ?? ""
        if base.hasPrefix("/") { return "\(base)/synthdata-infra" }
        guard base.isEmpty else { throw noRoot(why: "XDG_STATE_HOME is `\(base)`, which does not start with `/`") }
        let home = environment["HOME"] ?? ""
        if home.hasPrefix("/") { return "\(home)/.local/state/synthdata-infra" }
        throw noRoot(
            why: home.isEmpty
                ? "neither HOME nor XDG_STATE_HOME is set" : "HOME is `\(home)`, which does not start with `/`")
    }

    private static func noRoot(why: String) -> Diagnostic {
        Diagnostic(
            .error, .noStateFolder, "there is no folder for the state of services", why: why,
            fix: "set HOME, or XDG_STATE_HOME, to the full path of a folder")
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
