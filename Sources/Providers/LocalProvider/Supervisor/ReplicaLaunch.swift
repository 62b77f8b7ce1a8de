import CPosixSpawn
import Diagnostics
import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// Prepares one start of a replica: its folder, configuration file, port and environment.
struct ReplicaLaunch {
    /// Marks the processes of a service, so that those of a dead supervisor are found again.
    static let marker = "SYNTHDATA_SERVICE"

    /// Where the replica is to listen, on 127.0.0.1.
    let port: Int
    private let spawn: ProcessSpawn
    private let spec: LocalServiceSpec

    /// - Throws: ``Diagnostic``; nothing runs then.
    init(folder: StateFolder, replica: SupervisedReplica, marker: String) throws(Diagnostic) {
        let launch = replica.state.launch
        spec = replica.state.spec
        let executable = try launch.resolve(spec)
        try folder.create(folder.data(replica.slot))
        try folder.create(folder.logs)
        let configuration = "\(folder.replica(replica.slot))/config.json"
        try StateFile.replace(configuration, with: spec.configuration, durable: false)
        // The replica may find it taken by the time it listens; it ends, and its next start gets another.
        port = Int(cps_free_loopback_port())
        guard port > 0 else { throw Diagnostic(.error, .supervisor, "no free port was found on 127.0.0.1") }
        var environment = launch.environment
        for (name, value) in spec.environment { environment[name] = value }
        environment["PORT"] = String(port)
        environment["SYNTHDATA_DATA_DIR"] = folder.data(replica.slot)
        environment["SYNTHDATA_CONFIG"] = configuration
        environment["SYNTHDATA_REPLICA"] = replica.name
        environment[Self.marker] = String(marker.dropFirst(Self.marker.count + 1))
        spawn = ProcessSpawn(
            executable: executable, arguments: spec.command, environment: environment,
            workingDirectory: launch.workingDirectory, outputPath: folder.log(replica.name))
    }

    func start() throws(Diagnostic) -> ProcessIdentity {
        do {
            return try spawn.start()
        } catch {
            let code = error.code
            throw Diagnostic(
                .error, .commandNotExecutable,
                "`\(spec.command[0])` cannot be started: \(String(cString: strerror(code)))",
                at: spec.location(of: ["spec", "command"]),
                why: code == ENOEXEC ? "it is neither a program nor a script that starts with `#!`" : nil,
                fix: "check the program `\(spawn.executable)` and the folder `\(spawn.workingDirectory)`")
        }
    }
}
