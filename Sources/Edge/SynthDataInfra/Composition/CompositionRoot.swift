package import DeploymentEngine
package import Diagnostics
import Documents
import FoundationEssentials
import KubernetesClient
import LocalProvider
import Profiles
package import ServiceModel
import Templates
import TerraformClient

#if canImport(Glibc)
    import Glibc
#endif

/// The one place that knows every part: the library and the commands ask it for what they need.
package struct CompositionRoot: Sendable {
    package let environment: [String: String]
    /// The file of `synthdata-infra`; nil where ``ToolFile`` is to look for it.
    private let toolPath: String?
    /// Told what is odd, but no error.
    package let warn: @Sendable (Diagnostic) -> Void
    /// Told of each request to a cluster, where the choice of the cluster asks for it.
    private let trace: @Sendable (String) -> Void
    /// Asks a person for the code of an MFA device; nil where nobody can be asked.
    private let askMFACode: (@Sendable (_ serial: String) async throws -> Redacted<String>)?
    private(set) var cluster = ClusterChoice()
    private let clusters = ClusterProviders()
    private let aws = AWSProviders()
    private let terraform: TerraformEngine

    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment, toolPath: String?,
        warn: @escaping @Sendable (Diagnostic) -> Void, trace: @escaping @Sendable (String) -> Void = { _ in },
        askMFACode: (@Sendable (_ serial: String) async throws -> Redacted<String>)? = nil
    ) {
        self.environment = environment
        self.toolPath = toolPath
        self.warn = warn
        self.trace = trace
        self.askMFACode = askMFACode
        terraform = TerraformEngine(environment: environment) {
            "\(try StateFolder.userRoot(environment: environment))/terraform"
        }
    }

    /// The same, with another cluster in mind.
    package func at(_ cluster: ClusterChoice) -> CompositionRoot {
        var root = self
        root.cluster = cluster
        return root
    }

    /// Where services of `kind` run.
    ///
    /// - Parameter place: of a cloud; nil for the one that the project's layers name.
    /// - Throws: ``Diagnostic`` for a provider that this version cannot deploy to, for `local` when the
    ///   program that its supervisors run is missing, and for a cluster when nothing says how to reach it.
    package func provider(_ kind: ProviderKind, at place: CloudPlace? = nil) throws -> any Provider {
        switch kind {
        case .local: return try localProvider()
        case .onprem: return try clusters.provider(kind, cluster, environment: environment, warn: warn, trace: trace)
        case .aws: return try awsProvider(try place ?? configuredPlace(of: kind))
        case .gcp, .azure:
            throw Diagnostic(
                .error, .providerUnavailable, "this version cannot deploy to `\(kind.rawValue)` yet",
                why: "it deploys to `local`, to `aws` and, through a kubeconfig, to any cluster as `onprem`",
                fix: "`synthdata-infra render` with the same flags prints the manifests, for"
                    + " `kubectl apply --server-side -f -`")
        }
    }

    private func awsProvider(_ place: CloudPlace) throws -> any Provider {
        let place = try regional(place)
        return try aws.provider(
            place, in: place["region"] ?? "", cluster, environment: environment, terraform: terraform,
            askMFACode: askMFACode, trace: trace
        ) { [cluster, environment, warn, trace] access, wrap in
            let isChosen = cluster.kubeconfig != nil || cluster.context != nil
            let access =
                isChosen
                ? try ClusterAccess.find(
                    kubeconfig: cluster.kubeconfig, context: cluster.context, environment: environment) : access
            return try ClusterProviders.provider(
                .aws, cluster, at: access, in: place, environment: environment, warn: warn, trace: trace,
                wrap: isChosen ? { $0 } : wrap)
        }
    }

    private func localProvider() throws(Diagnostic) -> LocalProvider {
        let tool = try ToolFile.find(toolPath, environment: environment)
        return LocalProvider(
            root: try StateFolder.standardRoot(environment: environment), executable: tool,
            supervisorArguments: [tool, "local", "supervise", "--state"], environment: environment,
            workingDirectory: FileManager.default.currentDirectoryPath, warn: warn)
    }

    package func deployer(_ kind: ProviderKind, at place: CloudPlace? = nil) throws -> Deployer {
        Deployer(provider: try provider(kind, at: place), holder: holder, pin: configuredPin) { Int(time(nil)) }
    }

    /// Who holds a lock: user, host, process, and the job where a pipeline says so.
    private var holder: String {
        let user = environment["USER"] ?? environment["LOGNAME"] ?? "uid \(getuid())"
        let job = ["GITHUB_RUN_ID", "CI_JOB_ID", "BUILD_ID"].lazy.compactMap { environment[$0] }.first
        return "\(user)@\(ProcessInfo.processInfo.hostName) (pid \(getpid())\(job.map { ", job \($0)" } ?? ""))"
    }
}

extension Diagnostic.Code {
    package static let providerUnavailable = Self("provider.unavailable")
}
