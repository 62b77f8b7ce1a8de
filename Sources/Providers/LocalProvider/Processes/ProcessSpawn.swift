import CPosixSpawn

#if canImport(Glibc)
    import Glibc
#endif

/// Starts a program in a session of its own, with nothing inherited but what is named here.
struct ProcessSpawn {
    let executable: String
    let arguments: [String]
    let environment: [String: String]
    let workingDirectory: String
    /// Takes standard output and standard error; lines are appended.
    let outputPath: String

    /// The system's error number.
    struct Failure: Error {
        let code: Int32
    }

    /// The new process. Descriptors from 3 are closed, no signal is blocked or ignored, and the process
    /// leads a new session and process group, so that it can be ended with all its children.
    ///
    /// - Throws: the system's error of posix_spawn(3), which reports a failed execve(2) too.
    func start() throws(Failure) -> ProcessIdentity {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var code = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if code == 0 {
            code = posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        if code == 0 { code = posix_spawn_file_actions_adddup2(&actions, 1, 2) }
        if code == 0 { code = posix_spawn_file_actions_addchdir_np(&actions, workingDirectory) }
        if code == 0 { code = posix_spawn_file_actions_addclosefrom_np(&actions, 3) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        if code == 0 {
            code = posix_spawnattr_setflags(
                &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | CPS_SPAWN_SETSID)
        }
        guard code == 0 else { throw Failure(code: code) }

        var pid: pid_t = 0
        code = Self.withCStrings(arguments) { argv in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { envp in
                posix_spawn(&pid, executable, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else { throw Failure(code: code) }
        // A child that ended at once still has its entry until it is waited for.
        return ProcessIdentity(pid: pid, startTicks: ProcessTable.entry(pid)?.startTicks ?? 0)
    }

    private static func withCStrings(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        var pointers = strings.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // The buffer holds at least the closing nil.
            buffer.baseAddress.map(body) ?? EINVAL
        }
    }
}
