import Diagnostics
import Documents
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Holds a service for one deployment: flock(2) on a file of its state folder, so that the kernel frees
/// it when the holder dies. The file tells who holds it.
actor ServiceLock: DeploymentLock {
    private let folder: StateFolder
    private var descriptor: Int32

    private init(folder: StateFolder, descriptor: Int32) {
        self.folder = folder
        self.descriptor = descriptor
    }

    /// Takes the lock or waits for it; `waiting` is told the holder, once for each holder.
    static func take(
        _ folder: StateFolder, holder: String, wait: TimeSpan, waiting: (String) -> Void
    ) async throws -> ServiceLock {
        try folder.create()
        let deadline = ContinuousClock.now + .milliseconds(wait.milliseconds)
        var told: String?
        while true {
            let descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            if descriptor < 0, errno == ENOENT {
                // A destroy removed the folder between the two calls.
                try folder.create()
                continue
            }
            guard descriptor >= 0 else { throw StateFile.unwritable(folder.lock, errno) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                // A destroy removes the file while it holds it.
                if FileIdentity.isSame(descriptor, folder.lock) {
                    ftruncate(descriptor, 0)
                    _ = StateFile.writeAll(Array(holder.utf8), to: descriptor)
                    return ServiceLock(folder: folder, descriptor: descriptor)
                }
                close(descriptor)
                continue
            }
            close(descriptor)
            let current = (try? FileBytes.read(path: folder.lock, maximumSize: 4096)).map {
                String(decoding: $0, as: UTF8.self)
            }
            let name = current.flatMap { $0.isEmpty ? nil : $0 } ?? "another deployment"
            guard ContinuousClock.now < deadline else {
                throw Diagnostic(
                    .error, .locked, "another deployment of this service is under way", why: "held by \(name)",
                    fix: "wait for it to end, or end it")
            }
            if told != name {
                told = name
                waiting(name)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func release() {
        guard descriptor >= 0 else { return }
        ftruncate(descriptor, 0)
        // Empty where nothing could be recorded, as on a full disk; rmdir(2) removes no other.
        rmdir(folder.releases)
        if folder.holdsOnlyTheLock {
            unlink(folder.lock)
            rmdir(folder.path)
        }
        // Closing alone frees it only when no copy is left, and a process that is just being started has
        // one until it becomes its program (flock(2)).
        flock(descriptor, LOCK_UN)
        close(descriptor)
        descriptor = -1
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}

extension StateFolder {
    /// Whether nothing but the lock is left, as after a destroy or a deployment that was refused.
    fileprivate var holdsOnlyTheLock: Bool { FolderListing.contents(of: path) == ["lock"] }
}
