import Diagnostics
import Documents
import Glibc
import ServiceModel
import Testing

@testable import LocalProvider

/// Whatever is killed or broken, a second deployment restores the service.
@Suite struct FaultTests {
    @Test func aKilledReplicaIsStartedAgainWhileTheOthersServe() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(replicas: 2)).endpoint)
            let victim = try #require(try await scratch.snapshot().replicas.first?.process)
            ProcessSignal.send(to: victim, SIGKILL)
            // A request that it had taken dies with it; every later one is answered.
            await SupervisorProcess.waitForEnd(of: victim, seconds: 5)
            for _ in 0..<20 { #expect(try await HTTPClient.get(endpoint, "/").status == 200) }
            #expect(
                try await scratch.eventually {
                    let snapshot = try await scratch.snapshot()
                    return snapshot.state == .healthy && snapshot.replicas[0].restarts == 1
                })
            #expect(!victim.isRunning)
            // Reaped, not left as a zombie.
            #expect(ProcessTable.entry(victim.pid)?.startTicks != victim.startTicks)
        }
    }

    @Test func aKilledReplicaIsShownAsKilledAndNotByItsOldProbe() async throws {
        try await Scratch.with { scratch in
            // It stays down long enough to be looked at.
            let patient = "spec: {restart: {initialMilliseconds: 60000, maximumMilliseconds: 60000}}"
            try await scratch.deploy(scratch.manifest(extra: patient))
            let victim = try #require(try await scratch.snapshot().replicas.first?.process)
            ProcessSignal.send(to: victim, SIGKILL)
            #expect(try await scratch.eventually { try await scratch.snapshot().state == .failed })
            #expect(try await scratch.status()?.cause == "demo-0 restarting: was ended by signal 9 (SIGKILL)")
        }
    }

    @Test func theChildrenOfAKilledReplicaEndWithIt() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest(env: ["CHILD": "1"]))
            let before = scratch.processes
            #expect(before.count == 2)
            ProcessSignal.send(to: try #require(try await scratch.snapshot().replicas.first?.process), SIGKILL)
            #expect(
                try await scratch.eventually {
                    scratch.processes.count == 2 && Set(scratch.processes).isDisjoint(with: before)
                })
        }
    }

    @Test func aDeadlockedReplicaIsReplaced() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest())
            let stuck = "\(scratch.folder.data(0))/stuck"
            try StateFile.replace(stuck, with: [])
            #expect(try await scratch.eventually { try await scratch.snapshot().restarts >= 1 })
            unlink(stuck)
            #expect(try await scratch.eventually { try await scratch.snapshot().state == .healthy })
        }
    }

    @Test func anUnreadyReplicaGetsNoRequests() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(replicas: 2)).endpoint)
            try StateFile.replace("\(scratch.folder.data(0))/unready", with: [])
            #expect(try await scratch.eventually { try await scratch.snapshot().state == .degraded })
            for _ in 0..<10 { #expect(try await HTTPClient.get(endpoint, "/").json?["replica"] == "demo-1") }
            let cause = try await scratch.status()?.cause
            #expect(cause?.contains("demo-0 starting: /readyz answered 503: told not to be ready") == true)
            unlink("\(scratch.folder.data(0))/unready")
            #expect(try await scratch.eventually { try await scratch.snapshot().state == .healthy })
        }
    }

    @Test func aSecondDeploymentTakesOverFromAKilledSupervisor() async throws {
        try await Scratch.with { scratch in
            let manifest = try scratch.manifest(replicas: 2)
            let endpoint = try await scratch.deploy(manifest).endpoint
            let before = try await scratch.snapshot()
            ProcessSignal.send(to: before.supervisor, SIGKILL)
            await SupervisorProcess.waitForEnd(of: before.supervisor, seconds: 5)
            let status = try #require(try await scratch.status())
            #expect(status.state == .stopped)
            let remedy = "deploy it again or run `synthdata-infra rollback demo --to-revision 1` to start it"
            #expect(
                status.cause
                    == "its supervisor is gone and 2 of its 2 replicas still run, but nothing watches them and no "
                    + "endpoint answers; \(remedy)")
            // An equal manifest is work now.
            let plan = try await scratch.provider.plan(scratch.release(manifest), deleteData: false)
            #expect(plan.changes.map(\.action) == [.update])
            #expect(plan.changes.first?.reason == "its supervisor is gone: it will be started again")
            #expect(try await scratch.deploy(manifest).endpoint == endpoint)
            let after = try await scratch.snapshot()
            #expect(after.replicas.map(\.process) == before.replicas.map(\.process))
            #expect(after.supervisor != before.supervisor)
            // An adopted replica is watched like any other.
            let victim = try #require(after.replicas[1].process)
            ProcessSignal.send(to: victim, SIGKILL)
            #expect(
                try await scratch.eventually {
                    let now = try await scratch.snapshot()
                    return now.state == .healthy && now.replicas[1].process != victim
                })
        }
    }

    @Test func aSupervisorWaitsForTheLockOfOneThatIsStillEnding() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest())
            let before = try await scratch.snapshot().supervisor
            let lock = open(scratch.folder.supervisorLock, O_RDWR | O_CLOEXEC)
            ProcessSignal.send(to: before, SIGKILL)
            await SupervisorProcess.waitForEnd(of: before, seconds: 5)
            // As the kernel does when it has closed the socket and not yet this file.
            #expect(try await scratch.eventually { flock(lock, LOCK_EX | LOCK_NB) == 0 })
            let deployment = Task { try await scratch.deploy(scratch.manifest()) }
            try await Task.sleep(for: .milliseconds(400))
            flock(lock, LOCK_UN)
            close(lock)
            _ = try await deployment.value
            #expect(try await scratch.eventually { try await scratch.status()?.state == .healthy })
        }
    }

    @Test func destroyFindsWhatAKilledSupervisorLeft() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest(replicas: 2, env: ["CHILD": "1"]))
            #expect(scratch.processes.count == 4)
            let supervisor = try await scratch.snapshot().supervisor
            ProcessSignal.send(to: supervisor, SIGKILL)
            // Even without the record that names them.
            unlink(scratch.folder.supervisorRecord)
            try await scratch.deploy(nil)
            #expect(scratch.processes.isEmpty)
        }
    }

    @Test func aRecycledNumberIsNeverSignalled() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest())
            let before = try await scratch.snapshot()
            ProcessSignal.send(to: before.supervisor, SIGKILL)
            await SupervisorProcess.waitForEnd(of: before.supervisor, seconds: 5)
            // The record names a bystander's number, with another start.
            let bystander = try ProcessSpawn(
                executable: "/bin/sleep", arguments: ["sleep", "60"], environment: [:], workingDirectory: "/",
                outputPath: "/dev/null"
            ).start()
            defer {
                kill(bystander.pid, SIGKILL)
                waitpid(bystander.pid, nil, 0)
            }
            let replica = before.replicas[0]
            let record = ServiceSnapshot(
                supervisor: before.supervisor, revision: 1, state: .healthy, cause: nil, desiredReplicas: 1,
                replicas: [
                    ServiceSnapshot.Replica(
                        name: replica.name, slot: 0, state: "ready", restarts: 0, started: 0, revision: 1,
                        template: replica.template,
                        process: ProcessIdentity(pid: bystander.pid, startTicks: bystander.startTicks + 1),
                        port: replica.port)
                ], port: nil, failure: nil, recordsPerHour: nil, cpuUsage: nil, memoryUsage: nil)
            try StateFile.replace(scratch.folder.supervisorRecord, with: record.document)
            try await scratch.deploy(scratch.manifest())
            #expect(bystander.isRunning)
            #expect(scratch.processes.count == 1)
            try await scratch.deploy(nil)
            #expect(bystander.isRunning)
        }
    }

    @Test func aCancelledDeploymentGoesOnWithoutItsCommand() async throws {
        try await Scratch.with { scratch in
            let slow = try scratch.manifest(env: ["START_DELAY": "1"])
            let deployment = Task { try await scratch.deploy(slow) }
            #expect(try await scratch.eventually { !scratch.processes.isEmpty })
            deployment.cancel()
            await #expect(throws: CancellationError.self) { try await deployment.value }
            let first = scratch.processes
            try await scratch.deploy(slow)
            #expect(scratch.processes == first)
            #expect(try await scratch.status()?.state == .healthy)
        }
    }

    @Test func aSupervisorKilledDuringARolloutIsReplacedByTheSameDeployment() async throws {
        try await Scratch.with { scratch in
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(env: ["TAG": "a"])).endpoint)
            let supervisor = try await scratch.snapshot().supervisor
            let rolling = Task {
                try await scratch.deploy(scratch.manifest(env: ["TAG": "b", "START_DELAY": "0.7"]))
            }
            #expect(try await scratch.eventually { scratch.processes.count == 2 })
            ProcessSignal.send(to: supervisor, SIGKILL)
            #expect(try await rolling.value.endpoint == endpoint)
            #expect(try await HTTPClient.get(endpoint, "/").json?["tag"] == "b")
            #expect(scratch.processes.count == 1)
        }
    }

    @Test(arguments: ["desired.json", "serving.json", "supervisor.json"])
    func aCorruptFileIsSetAsideAndNamed(file: String) async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest())
            let supervisor = try await scratch.snapshot().supervisor
            ProcessSignal.send(to: supervisor, SIGKILL)
            await SupervisorProcess.waitForEnd(of: supervisor, seconds: 5)
            try StateFile.replace("\(scratch.folder.path)/\(file)", with: Array("{\"release\": {".utf8))
            _ = try await scratch.status()
            try await scratch.deploy(scratch.manifest())
            let names = FolderListing.contents(of: scratch.folder.path)
            #expect(names.contains { $0.hasPrefix("\(file).corrupt-") })
            let told = scratch.warnings.all.filter { $0.code == .corruptState }
            // The supervisor meets its own files first, and tells its log.
            if file == "desired.json" { #expect(told.first?.what.contains(file) == true) }
            #expect(try await scratch.status()?.state == .healthy)
            #expect(scratch.processes.count == 1)
        }
    }

    @Test func aStateFolderThatCannotBeWrittenIsOneClearProblem() async throws {
        let warnings = Collected<Diagnostic>()
        let provider = Scratch.provider(root: "/proc/1/nowhere", warnings: warnings)
        try await Scratch.with { scratch in
            let plan = try await provider.plan(scratch.release(scratch.manifest()), deleteData: false)
            let problem = try await #require(throws: Diagnostic.self) {
                try await provider.apply(plan, timeout: TimeSpan(seconds: 5)) { _ in }
            }
            #expect(problem.code == .stateUnwritable)
            #expect(problem.fix?.contains("XDG_STATE_HOME") == true)
        }
    }

    @Test func aFullDiskIsOneClearProblemAndChangesNothing() async throws {
        try await Scratch.with { scratch in
            let root = "\(scratch.path)/small"
            mkdir(root, 0o700)
            // Only root may mount; elsewhere the case cannot be made.
            guard mount("tmpfs", root, "tmpfs", 0, "size=32k") == 0 else { return }
            defer { umount2(root, Int32(MNT_DETACH)) }
            let provider = Scratch.provider(root: root, warnings: scratch.warnings)
            let plan = try await provider.plan(scratch.release(scratch.manifest()), deleteData: false)
            try StateFile.replace("\(root)/filler", with: Array(repeating: 0, count: 20_000))
            var large = try scratch.manifest()
            large.merge(["spec": ["configuration": ["text": .string(String(repeating: "x", count: 30_000))]]])
            let full = try await provider.plan(scratch.release(large), deleteData: false)
            let problem = try await #require(throws: Diagnostic.self) {
                try await provider.apply(full, timeout: TimeSpan(seconds: 5)) { _ in }
            }
            #expect(problem.code == .stateUnwritable)
            #expect(problem.what.contains("No space left"))
            #expect(problem.fix?.contains("free some space") == true)
            let folder = provider.folder(scratch.service)
            #expect(FolderListing.contents(of: folder.path).isEmpty)
            _ = plan
        }
    }

    @Test func anotherVersionsSupervisorIsReplacedWithoutItsReplicas() async throws {
        try await Scratch.with { scratch in
            let manifest = try scratch.manifest()
            try await scratch.deploy(manifest)
            let before = try await scratch.snapshot()
            var answer: Diagnostic?
            try await ControlClient(folder: scratch.folder).send(raw: ["protocol": 99, "request": "status"]) { event in
                if case .failed(let problem) = event { answer = problem }
            }
            #expect(answer?.code == .supervisorProtocol)
            await SupervisorProcess.replace(scratch.folder)
            #expect(!before.supervisor.isRunning)
            #expect(before.replicas[0].process?.isRunning == true)
            try await scratch.deploy(manifest)
            #expect(try await scratch.snapshot().replicas[0].process == before.replicas[0].process)
        }
    }

    @Test func aSupervisorThatHangsIsReplaced() async throws {
        try await Scratch.with { scratch in
            let manifest = try scratch.manifest()
            let endpoint = try await scratch.deploy(manifest).endpoint
            let before = try await scratch.snapshot()
            ProcessSignal.send(to: before.supervisor, SIGSTOP)
            // The process stops when the thread that takes the signal next runs; the others go on until then.
            #expect(try await scratch.eventually { Self.isStopped(before.supervisor.pid) })
            let status = try #require(try await scratch.provider.observe([scratch.service]).first)
            #expect(status.cause?.contains("(pid \(before.supervisor.pid)) does not answer") == true)
            let after = try await scratch.deploy(manifest).endpoint
            #expect(after == endpoint, "\(LogFiles.tail(scratch.folder.supervisorLog, lines: 40))")
            #expect(!before.supervisor.isRunning)
            #expect(try await scratch.snapshot().replicas.map(\.process) == before.replicas.map(\.process))
        }
    }

    /// Whether /proc/PID/stat says `T`, stopped on a signal (proc(5)).
    private static func isStopped(_ pid: Int32) -> Bool {
        let bytes = (try? FileBytes.read(path: "/proc/\(pid)/stat", maximumSize: 4096)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.hasPrefix(" T") == true
    }

    @Test func aSupervisorWhoseFolderIsGoneEndsItsReplicas() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest())
            let supervisor = try await scratch.snapshot().supervisor
            FolderListing.remove(scratch.folder.path)
            #expect(try await scratch.eventually { !supervisor.isRunning && scratch.processes.isEmpty })
        }
    }

    @Test func anInterruptedDeploymentIsTakenBackByTheOldManifest() async throws {
        try await Scratch.with { scratch in
            let old = try scratch.manifest(env: ["TAG": "old"])
            let endpoint = try #require(try await scratch.deploy(old).endpoint)
            // A command that was killed after writing what it wants, before telling anyone.
            var release = try scratch.release(scratch.manifest(env: ["TAG": "new"]))
            release.revision = 2
            let interrupted = try DesiredState(release: release, launch: scratch.provider.launch, created: 1)
            try StateFile.replace(scratch.folder.desired, with: interrupted.document)
            let plan = try await scratch.provider.plan(scratch.release(old), deleteData: false)
            #expect(plan.release.revision == 3)
            #expect(plan.changes.first?.reason?.contains("revision 2 was cut off") == true)
            try await scratch.deploy(old)
            #expect(try await HTTPClient.get(endpoint, "/").json?["tag"] == "old")
            #expect(!(try await scratch.provider.plan(scratch.release(old), deleteData: false).hasChanges))
        }
    }

    @Test func aCrashLoopIsRetriedAndMendedByTheNextDeployment() async throws {
        try await Scratch.with { scratch in
            try await scratch.deploy(scratch.manifest(env: ["CRASH_AFTER": "0.3"]))
            #expect(try await scratch.eventually { try await scratch.snapshot().restarts >= 2 })
            #expect(try await scratch.snapshot().failure == nil)
            let endpoint = try #require(try await scratch.deploy(scratch.manifest(env: ["TAG": "mended"])).endpoint)
            #expect(try await HTTPClient.get(endpoint, "/").json?["tag"] == "mended")
            #expect(scratch.processes.count == 1)
        }
    }

    @Test func aSupervisorThatIsToldToEndTakesItsReplicasAlong() async throws {
        try await Scratch.with { scratch in
            let manifest = try scratch.manifest(replicas: 2)
            let endpoint = try await scratch.deploy(manifest).endpoint
            let supervisor = try await scratch.snapshot().supervisor
            ProcessSignal.send(to: supervisor, SIGTERM)
            #expect(try await scratch.eventually { !supervisor.isRunning })
            #expect(scratch.processes.isEmpty)
            let status = try #require(try await scratch.status())
            #expect(status.state == .stopped)
            #expect(status.cause?.hasPrefix("its supervisor is gone and none of its replicas runs; deploy") == true)
            let after = try await scratch.deploy(manifest).endpoint
            #expect(after == endpoint, "\(LogFiles.tail(scratch.folder.supervisorLog, lines: 40))")
        }
    }
}

extension ServiceSnapshot {
    fileprivate var restarts: Int { replicas.map(\.restarts).reduce(0, +) }
}
