package import Diagnostics
package import ServiceModel

/// Runs services on this machine: processes under a supervisor that outlives the command, behind one
/// stable loopback endpoint.
///
/// The state of each service is a folder below `root` (``StateFolder``); nothing else is kept.
package struct LocalProvider: Provider {
    package let kind = ProviderKind.local
    package let releases: any ReleaseStore
    let root: String
    let supervisorCommand: [String]
    let launch: LaunchContext
    let warn: @Sendable (Diagnostic) -> Void

    /// - Parameters:
    ///   - root: the folder of all services' state; ``StateFolder/standardRoot(environment:)``.
    ///   - executable: this program's file, run where a command says `synthdata-infra`.
    ///   - supervisorArguments: starts a supervisor; the state folder is appended. The program comes first.
    ///   - environment: of the deployer; replicas get the few variables that programs need.
    ///   - workingDirectory: of the deployer, where replicas run.
    ///   - warn: told of corrupt files that were set aside.
    package init(
        root: String, executable: String, supervisorArguments: [String], environment: [String: String],
        workingDirectory: String, warn: @escaping @Sendable (Diagnostic) -> Void
    ) {
        self.root = root
        self.supervisorCommand = supervisorArguments
        self.warn = warn
        launch = LaunchContext(
            executable: executable, workingDirectory: workingDirectory, inheriting: environment)
        releases = FileReleaseStore(root: root, warn: warn)
    }

    func folder(_ service: ServiceIdentity) -> StateFolder { StateFolder(root: root, service: service) }

    package func lock(
        _ service: ServiceIdentity, holder: String, wait: TimeSpan,
        report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> any DeploymentLock {
        try await ServiceLock.take(folder(service), holder: holder, wait: wait) { name in
            report(.waitingForLock(holder: name))
        }
    }
}
