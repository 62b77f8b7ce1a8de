import ConfigurationManager
import DeploymentEngine
import Diagnostics
import Documents
import EmbeddedFiles
import FoundationEssentials
import LocalProvider
import Profiles
import ServiceModel
import Templates
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// The one place that knows every part: commands ask it for what they need.
struct CompositionRoot {
    let environment: [String: String]
    let console: Console

    init() {
        environment = ProcessInfo.processInfo.environment
        console = Console(environment: environment)
    }

    /// The built-in profiles with what the options and the project lay over them.
    func profiles(_ options: LayerOptions) throws(Diagnostic) -> DocumentTree {
        DocumentTree(
            name: "profiles", embedded: BuiltInProfiles.files,
            folders: try folders("profiles", options.profilesDir, options))
    }

    func templates(_ options: LayerOptions) throws(Diagnostic) -> DocumentTree {
        DocumentTree(
            name: "templates", embedded: BuiltInTemplates.files,
            folders: try folders("templates", options.templatesDir, options))
    }

    /// The project's own folder first, then the one that a flag names: the later one wins.
    private func folders(_ name: String, _ flag: String?, _ options: LayerOptions) throws(Diagnostic) -> [String] {
        var folders: [String] = []
        let project = "\(options.configurationFolder ?? "synthdata")/\(name)"
        if FolderListing.isFolder(project) { folders.append(project) }
        if let flag {
            guard FolderListing.isFolder(flag) else {
                throw Diagnostic(
                    .error, .unreadable, "there is no such folder", at: SourceLocation(file: SourceFile(flag)),
                    fix: "check the path given with --\(name)-dir")
            }
            folders.append(flag)
        }
        return folders
    }

    /// - Throws: ``Diagnostic`` for a provider that this version cannot deploy to.
    func provider(_ kind: ProviderKind) throws -> any Provider {
        guard kind == .local else {
            throw Diagnostic(
                .error, .providerUnavailable, "this version cannot deploy to `\(kind.rawValue)` yet",
                why: "it deploys to `local`; for Kubernetes it renders",
                fix:
                    "`synthdata-infra render` with the same flags prints the manifests for `kubectl apply --server-side -f -`"
            )
        }
        guard let executable = ProcessImage.path else {
            throw Diagnostic(
                .error, .providerUnavailable, "this program cannot find its own file",
                why: "supervisors are started from it", fix: "mount /proc")
        }
        let printer = DiagnosticsPrinter(console: console, asJSON: false)
        return LocalProvider(
            root: StateFolder.standardRoot(environment: environment), executable: executable,
            supervisorArguments: [executable, "local", "supervise", "--state"], environment: environment,
            workingDirectory: FileManager.default.currentDirectoryPath, warn: { printer.print([$0]) })
    }

    func deployer(_ kind: ProviderKind) throws -> Deployer {
        Deployer(provider: try provider(kind), holder: holder) { Int(time(nil)) }
    }

    /// Who holds a lock: user, host, process, and the job where a pipeline says so.
    private var holder: String {
        let user = environment["USER"] ?? environment["LOGNAME"] ?? "uid \(getuid())"
        let job = ["GITHUB_RUN_ID", "CI_JOB_ID", "BUILD_ID"].lazy.compactMap { environment[$0] }.first
        return "\(user)@\(ProcessInfo.processInfo.hostName) (pid \(getpid())\(job.map { ", job \($0)" } ?? ""))"
    }
}

extension Diagnostic.Code {
    static let providerUnavailable = Self("provider.unavailable")
}
