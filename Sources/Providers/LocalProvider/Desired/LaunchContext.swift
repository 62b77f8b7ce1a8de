import Diagnostics
import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// What the replicas take over from whoever deployed: the supervisor outlives that process, and must
/// not depend on which of many deployments happened to start it.
struct LaunchContext: Sendable {
    /// This program, run where a command says `synthdata-infra`.
    let executable: String
    let workingDirectory: String
    let environment: [String: String]

    /// The program's own name in a command.
    static let ownName = "synthdata-infra"

    /// Variables that programs need to find their files and speak the user's language; nothing else is
    /// inherited, so that a secret in the deployer's shell stays there.
    static let inheritedVariables = [
        "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ",
        "USER", "VIRTUAL_ENV",
    ]

    init(executable: String, workingDirectory: String, inheriting environment: [String: String]) {
        self.executable = executable
        self.workingDirectory = workingDirectory
        self.environment = environment.filter { Self.inheritedVariables.contains($0.key) }
    }

    init?(document: Node) {
        guard let executable = document["executable"]?.string, let folder = document["workingDirectory"]?.string,
            let variables = document["environment"]?.mapping
        else { return nil }
        var environment: [String: String] = [:]
        for entry in variables.entries { environment[entry.key] = entry.value.string }
        self.init(executable: executable, workingDirectory: folder, inheriting: environment)
    }

    var document: Node {
        var variables = Mapping()
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { variables[name] = .string(value) }
        return [
            "executable": .string(executable), "workingDirectory": .string(workingDirectory),
            "environment": .mapping(variables),
        ]
    }

    /// The file that `command` runs: this program, a path as written, or a name looked up in PATH as
    /// execvp(3) does. Paths, and folders of PATH, that do not start with `/` begin at the working folder.
    /// No shell is involved.
    ///
    /// - Throws: ``Diagnostic`` with code `local.command-not-found` or `local.command-not-executable`,
    ///   at the line that set the command.
    func resolve(_ spec: LocalServiceSpec) throws(Diagnostic) -> String {
        let name = spec.command[0]
        let place = spec.location(of: NodePath([.key("spec"), .key("command"), .index(0)]))
        if name == Self.ownName { return executable }
        if name.contains("/") {
            let path = absolute(name)
            if let problem = Self.problem(with: path) {
                throw problem == ENOENT
                    ? notFound(name, at: place, why: "there is no file `\(path)`")
                    : notExecutable(path, problem, at: place)
            }
            return path
        }
        let search = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        var refused: String?
        for folder in search.split(separator: ":") {
            let path = "\(absolute(String(folder)))/\(name)"
            switch Self.problem(with: path) {
            case nil: return path
            case EACCES: refused = refused ?? path
            default: continue
            }
        }
        if let refused { throw notExecutable(refused, EACCES, at: place) }
        throw notFound(name, at: place, why: "no folder of PATH has it: \(search)")
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
    }

    private static func problem(with path: String) -> Int32? {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno == ENOTDIR ? ENOENT : errno }
        guard status.st_mode & S_IFMT == S_IFREG else { return EACCES }
        return access(path, X_OK) == 0 ? nil : errno
    }

    private func notFound(_ name: String, at place: SourceLocation?, why: String) -> Diagnostic {
        Diagnostic(
            .error, .commandNotFound, "the command `\(name)` was not found", at: place, why: why,
            fix: "install it, or write its full path")
    }

    private func notExecutable(_ path: String, _ code: Int32, at place: SourceLocation?) -> Diagnostic {
        Diagnostic(
            .error, .commandNotExecutable, "`\(path)` cannot be run: \(String(cString: strerror(code)))", at: place,
            fix: "`chmod +x` the file, or name the program that reads it first")
    }
}
