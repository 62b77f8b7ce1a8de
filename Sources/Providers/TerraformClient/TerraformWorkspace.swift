import Diagnostics
package import Documents
package import ServiceModel

/// One service's root module in its working folder.
package struct TerraformWorkspace: Sendable {
    let engine: TerraformEngine
    let program: TerraformProgram
    let folder: TerraformFolder
    let service: ServiceIdentity
    let provider: ProviderKind
    let module: Node
    /// Variables with the keys of the cloud.
    let keys: [String: Redacted<String>?]

    private var refusal: TerraformRefusal { TerraformRefusal(module: module, service: service, folder: folder.path) }

    /// Nil where the configuration names a backend, or a state is here.
    package var missingState: String? {
        module.value("terraform", "backend") == nil && !folder.hasState ? folder.path : nil
    }

    // MARK: Plan

    /// Compares what is there with the module. Changes nothing.
    ///
    /// - Parameters:
    ///   - destroying: whether all of it is to go.
    ///   - targets: addresses that it is about, with what they need; empty means all.
    ///   - adopting: what is taken over instead of made: ids by the names of the module's variable `adopt`.
    ///   - locking: whether the state is held meanwhile, so that one which another run holds is told at once.
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport``.
    package func plan(
        destroying: Bool, only targets: [String] = [], adopting: [String: String] = [:], locking: Bool
    ) async throws -> TerraformPlan {
        var arguments = ["plan", "-json", "-input=false"]
        arguments.append(locking ? "-lock-timeout=\(engine.lockWait.seconds)s" : "-lock=false")
        if destroying { arguments.append("-destroy") }
        arguments += targets.map { "-target=\($0)" }
        if !adopting.isEmpty {
            let ids = Mapping(
                uniqueEntries: adopting.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
            arguments += ["-var", "adopt=\(JSONEmitter.emit(.mapping(ids)))"]
        }
        try folder.create()
        return try await FileLock.holding(folder.lock) {
            try folder.write(module)
            return try await engine.turnstile.passing {
                let isFresh = try await initialise(again: false)
                do {
                    return try await planned(arguments)
                } catch let problem as Diagnostic where problem.code == .terraformPlugins && !isFresh {
                    // Somebody has cleared the folder that all services have them in.
                    _ = try await initialise(again: true)
                    return try await planned(arguments)
                }
            }
        }
    }

    private func planned(_ arguments: [String]) async throws -> TerraformPlan {
        let file = folder.temporary("plan")
        let run = try await program.follow(arguments + ["-out=\(file)"], in: folder, keys)
        guard run.isSuccess else { throw refusal.error(run.messages.compactMap(\.problem), run.errors) }
        let shown = try await program.run(["show", "-json", file], in: folder.path, keys)
        let bytes = try folder.take(file)
        guard shown.isSuccess else { throw refusal.error([], shown.errors) }
        return TerraformPlan(
            try JSONParser.parse(shown.output, file: .unknown), bytes: bytes, module: module, of: service,
            at: provider)
    }

    /// - Returns: whether there was anything to do.
    private func initialise(again: Bool) async throws -> Bool {
        let settings = JSONEmitter.bytes(of: module["terraform"] ?? .null)
        if !again, folder.wasInitialised(with: settings) { return false }
        // Terraform's folder of providers is not made for several that write to it.
        let run = try await FileLock.holding("\(program.plugins)/.synthdata-infra.lock") {
            try await program.run(["init", "-input=false", "-no-color"], in: folder.path, keys)
        }
        guard run.isSuccess else { throw refusal.error([], run.errors) }
        try folder.noteInitialised(with: settings)
        return true
    }

    // MARK: Apply

    /// Does what was planned. Terraform refuses where the state has changed since.
    ///
    /// When the task is cancelled, Terraform ends what it has begun and saves its state first.
    ///
    /// - Returns: what the module tells of what it made, without what it calls sensitive.
    package func apply(
        _ plan: TerraformPlan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> [String: Node] {
        let file = folder.temporary("plan")
        let run = try await engine.turnstile.passing {
            try folder.write(plan.bytes, to: file)
            defer { folder.remove(file) }
            let arguments = ["apply", "-json", "-input=false", "-lock-timeout=\(engine.lockWait.seconds)s", file]
            return try await program.follow(arguments, in: folder, keys) { tell($0, report) }
        }
        guard run.isSuccess else { throw refusal.error(run.messages.compactMap(\.problem), run.errors) }
        let outputs = run.messages.last { $0.type == "outputs" }?.body["outputs"]?.mapping?.entries ?? []
        return Dictionary(
            uniqueKeysWithValues: outputs.filter { $0.value["sensitive"]?.bool != true }.map {
                ($0.key, $0.value["value"] ?? .null)
            })
    }

    private func tell(_ message: TerraformMessage, _ report: (DeploymentEvent) -> Void) {
        if let problem = message.problem, !problem.isError, !problem.summary.hasPrefix("Applied changes may be") {
            report(.warning("Terraform: \(problem.summary)"))
        }
        guard let address = message.address else { return }
        let parts = address.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let action = Change.Action(rawValue: message.action) else { return }
        let name = parts[1].replacing("[\"", with: "[").replacing("\"]", with: "]")
        let identity = PlannedResource.identity(parts[0], name, of: service, at: provider)
        switch message.type {
        case "apply_start": report(.applying(identity, action))
        case "apply_complete": report(.applied(identity, action))
        case "apply_progress": report(.working(message.text))
        default: break
        }
    }
}
