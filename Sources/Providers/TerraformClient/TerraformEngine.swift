package import Diagnostics
package import ServiceModel

/// Makes the cloud resources of services with Terraform, each service's in a working folder of its own.
package actor TerraformEngine {
    /// A provider of a cloud takes half a gigabyte while it runs.
    private static let runsAtOnce = 4

    private let root: @Sendable () throws -> String
    private let variables: [String: String]
    /// How long a run waits for another one that holds the state.
    nonisolated let lockWait: TimeSpan
    nonisolated let turnstile = Turnstile(runsAtOnce)
    private var program: Task<(TerraformProgram, String), any Error>?

    /// - Parameters:
    ///   - environment: of this process: Terraform runs with it.
    ///   - root: the folder of all working folders.
    package init(
        environment: [String: String], lockWait: TimeSpan = TimeSpan(seconds: 60),
        root: @escaping @Sendable () throws -> String
    ) {
        variables = environment
        self.lockWait = lockWait
        self.root = root
    }

    /// The service's working folder.
    ///
    /// - Parameter place: where in the cloud it is: parts of a path.
    /// - Throws: ``Diagnostic`` where Terraform is missing or too old.
    package func workspace(
        of service: ServiceIdentity, at provider: ProviderKind, place: [String], module: TerraformModule,
        keys: [String: Redacted<String>?]
    ) async throws -> TerraformWorkspace {
        let (program, root) = try await found()
        let parts = [provider.rawValue] + place + [service.namespace, service.name.value]
        return TerraformWorkspace(
            engine: self, program: program, folder: TerraformFolder(path: ([root] + parts).joined(separator: "/")),
            service: service, provider: provider, module: module.configuration, keys: keys)
    }

    /// Looks for it once for many, and again where that failed.
    private func found() async throws -> (TerraformProgram, String) {
        let task =
            program
            ?? Task { [root, variables] in
                let root = try root()
                let environment = TerraformEnvironment(variables, plugins: "\(root)/plugins")
                let program = try TerraformProgram(variables, environment)
                try await program.checkVersion()
                try TerraformFolder(path: root).create()
                try TerraformFolder(path: environment.plugins).create()
                return (program, root)
            }
        program = task
        do {
            return try await task.value
        } catch {
            program = nil
            throw error
        }
    }
}
