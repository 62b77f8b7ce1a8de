import Diagnostics

#if canImport(Glibc)
    import Glibc
#endif

/// Starts supervisors and finds the ones that run.
enum SupervisorProcess {
    private static let startTimeout = Duration.seconds(15)
    /// Reaps supervisors that end before the process that started them does.
    private static let watcher = ExitWatcher()

    /// Makes sure that a supervisor runs the service: starts one when none answers.
    ///
    /// One that speaks another version of the protocol, or hangs, is replaced; its replicas go on, and
    /// the new one takes them over.
    static func ensure(
        _ folder: StateFolder, command: [String], launch: LaunchContext
    ) async throws {
        do {
            _ = try await ControlClient(folder: folder).status()
            return
        } catch let problem as Diagnostic where problem.code == .supervisorProtocol {
            await replace(folder)
        } catch is Deadline.Passed {
            await replace(folder)
        } catch is ControlClient.Unreachable {
            try Task.checkCancellation()
        }
        try await start(folder, command: command, launch: launch)
    }

    private static func start(_ folder: StateFolder, command: [String], launch: LaunchContext) async throws {
        guard let executable = command.first else {
            throw Diagnostic(.error, .supervisor, "no command to start a supervisor is known")
        }
        trimLog(folder)
        let process: ProcessIdentity
        do {
            process = try ProcessSpawn(
                executable: executable, arguments: command + [folder.path], environment: launch.environment,
                workingDirectory: "/", outputPath: folder.supervisorLog
            ).start()
        } catch {
            throw Diagnostic(
                .error, .supervisor, "the supervisor cannot be started: \(String(cString: strerror(error.code)))",
                why: "its program is `\(executable)`")
        }
        watcher.watch(process, endsGroup: false) { _ in }
        let deadline = ContinuousClock.now + startTimeout
        while ContinuousClock.now < deadline {
            if (try? await ControlClient(folder: folder).status()) != nil { return }
            try Task.checkCancellation()
            guard process.isRunning else { throw ended(folder) }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ended(folder)
    }

    /// Ends a supervisor without its replicas: asked to make room, or killed when it does not understand.
    static func replace(_ folder: StateFolder) async {
        guard let record = ServiceSnapshot.read(folder, warn: { _ in }) else { return }
        try? await Deadline.within(.seconds(1)) { try await ControlClient(folder: folder).send(.retire) { _ in } }
        await end(record.supervisor)
    }

    /// Kills a supervisor that does not end by itself within a second.
    static func end(_ supervisor: ProcessIdentity) async {
        await waitForEnd(of: supervisor, seconds: 1)
        ProcessSignal.send(to: supervisor, SIGKILL)
        await waitForEnd(of: supervisor, seconds: 2)
    }

    static func waitForEnd(of process: ProcessIdentity, seconds: Int) async {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while process.isRunning, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The supervisor's own log is short; one that has grown starts anew.
    private static func trimLog(_ folder: StateFolder) {
        _ = LogFiles.rotate(folder.supervisorLog, maximumBytes: 1 << 20, files: 1)
    }

    static func ended(_ folder: StateFolder) -> Diagnostic {
        let tail = LogFiles.tail(folder.supervisorLog, lines: 10)
        return Diagnostic(
            .error, .supervisor, "the supervisor ended or does not answer",
            why: "its log is `\(folder.supervisorLog)`", fix: "deploy again",
            notes: tail.isEmpty ? [] : [Diagnostic.Note("the last lines of its log:\n" + tail.joined(separator: "\n"))])
    }
}
