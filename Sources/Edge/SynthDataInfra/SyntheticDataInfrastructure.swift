import ConfigurationManager
public import DeploymentEngine
public import Diagnostics
public import Documents
public import ServiceModel

/// Deploys and operates synthetic-data services from a program, as the command-line tool does.
///
///     let infrastructure = SyntheticDataInfrastructure(provider: .local)
///     let result = try await infrastructure.deployService(
///         dataType: .tabular, serviceName: "customer-data-synthesizer", replicas: 2,
///         configOverrides: ["resources": ["memory": "32Gi"]])
///     print(result.endpoint ?? "no endpoint")
///
/// All calls throw ``Diagnostic``, or ``DiagnosticReport`` where several things are wrong at once; both
/// print as what, where, why and how to mend it. A cancelled call throws `CancellationError` or a
/// ``Diagnostic``; the same call again goes on where it stopped.
///
/// Services of the provider `local` outlive the program. Their supervisors run the tool's own file, so it
/// must be installed: named with `toolPath` or the variable `SYNTHDATA_INFRA`, or found in `PATH`.
public struct SyntheticDataInfrastructure: Sendable {
    public typealias Progress = @Sendable (DeploymentEvent) -> Void

    private let provider: ProviderKind
    private let configPath: String?
    private let root: CompositionRoot

    /// Nothing is read or checked before the first call.
    ///
    /// - Parameters:
    ///   - provider: where services run.
    ///   - configPath: the folder with your own layers (`base.yaml`, `data-types/image.yaml` …), profiles
    ///     and templates; nil means `./synthdata` where it exists.
    ///   - toolPath: the file of `synthdata-infra`, which the provider `local` needs.
    ///   - warn: told what is odd, but no error: deprecated keys, corrupt state files that were set aside.
    public init(
        provider: ProviderKind = .local, configPath: String? = nil, toolPath: String? = nil,
        warn: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) {
        self.init(provider: provider, configPath: configPath, root: CompositionRoot(toolPath: toolPath, warn: warn))
    }

    /// With a composition of one's own, which names the environment.
    package init(provider: ProviderKind, configPath: String? = nil, root: CompositionRoot) {
        self.provider = provider
        self.configPath = configPath
        self.root = root
    }

    /// Brings a service to the desired state and waits until it is ready. Repeating the call changes
    /// nothing; a changed call rolls the change out.
    ///
    /// - Parameters:
    ///   - serviceName: a DNS label: a-z, 0-9 and `-`, 63 characters at most.
    ///   - environment: nil means the project's choice, else development on `local` and production
    ///     elsewhere.
    ///   - version: of the service; nil means what the layers say.
    ///   - replicas: nil means what the layers say, or what ``scale(serviceName:to:for:namespace:timeout:progress:)`` set.
    ///   - configOverrides: a layer over all others, in the keys of a layer file; the aliases of layer
    ///     files (`gpu.type`, `storage.cdn_enabled`) work.
    ///   - timeout: how long to wait for readiness.
    ///   - rollbackOnFailure: whether to go back to the last good release when this one fails; the call
    ///     throws all the same.
    ///   - progress: told what happens, in order.
    /// - Throws: problems of the configuration at the layer that they stand in (`overrides` for
    ///   `configOverrides`); `provider.unavailable`; `deploy.doomed`, `deploy.timed-out`, `deploy.locked`.
    @discardableResult
    public func deployService(
        dataType: DataType, serviceName: String, environment: DeploymentEnvironment? = nil, version: String? = nil,
        replicas: Int? = nil, configOverrides: Node = [:], timeout: Duration = .seconds(600),
        rollbackOnFailure: Bool = false, progress: @escaping Progress = { _ in }
    ) async throws -> DeploymentResult {
        var fleet = try fleet(dataType, serviceName, environment, version, replicas, configOverrides)
        var options = Self.options(timeout)
        options.rollbackOnFailure = rollbackOnFailure
        options.replicasAreExplicit = fleet.namesReplicas
        try await fleet.findAccounts()
        let releases = try fleet.declarations.map { try fleet.release($0) }
        let deployer = try root.deployer(provider, at: releases[0].place)
        return try await deployer.deploy(releases[0], options: options, report: progress)
    }

    /// The manifests of a service, in apply order, as a stream of YAML documents. Needs no connection,
    /// and the same input always gives the same text.
    ///
    /// - Throws: problems of the configuration, as
    ///   ``deployService(dataType:serviceName:environment:version:replicas:configOverrides:timeout:rollbackOnFailure:progress:)``.
    public func render(
        dataType: DataType, serviceName: String, environment: DeploymentEnvironment? = nil, version: String? = nil,
        replicas: Int? = nil, configOverrides: Node = [:]
    ) throws -> String {
        var fleet = try fleet(dataType, serviceName, environment, version, replicas, configOverrides)
        let resources = try fleet.declarations.flatMap { try fleet.rendered($0).resources }
            .filter { !$0.identity.isCloud }
        return YAMLEmitter.emit(documents: resources.map(\.manifest))
    }

    /// Changes the number of replicas of a running service. Nothing restarts, and later deployments keep
    /// the number until one names replicas.
    ///
    /// - Parameters:
    ///   - replicas: 0 to 10000.
    ///   - duration: after how long the number expires, so that the next deployment goes back to what was before;
    ///     nil means never.
    ///   - namespace: where several have a service of that name.
    /// - Throws: `service.unknown`, `service.ambiguous`, and what a deployment throws.
    @discardableResult
    public func scale(
        serviceName: String, to replicas: Int, for duration: Duration? = nil, namespace: String? = nil,
        timeout: Duration = .seconds(600), progress: @escaping Progress = { _ in }
    ) async throws -> DeploymentResult {
        guard (0...10_000).contains(replicas) else {
            throw Diagnostic(
                .error, .invalidReplicas, "a service cannot have \(replicas) replicas",
                at: SourceLocation(file: SourceFile("replicas")), fix: "give a number from 0 to 10000")
        }
        return try await root.deployer(provider).scale(
            service(serviceName, namespace), to: replicas, for: duration.map(Self.span), options: Self.options(timeout),
            report: progress)
    }

    /// What services are doing now.
    ///
    /// - Parameter serviceNames: empty means all, in order of namespace and name.
    /// - Throws: `service.unknown` or `service.ambiguous` for a name.
    public func status(_ serviceNames: String..., namespace: String? = nil) async throws -> [ServiceStatus] {
        let place = try root.provider(provider)
        guard !serviceNames.isEmpty else {
            return try await place.statuses(in: namespace, withEndpoints: true)
        }
        var services: [ServiceIdentity] = []
        for name in serviceNames { services.append(try await place.service(named: name, namespace: namespace)) }
        let found = try await place.observe(services)
        // Of those without pods, more may be known.
        let missing = services.filter { service in !found.contains { $0.service == service } }
        return try await found
            + missing.concurrentMap(atOnce: 8) { try await place.inspect($0)?.status }.compactMap(\.self)
    }

    /// Deploys an earlier release of a service again.
    ///
    /// - Parameter revision: which one; nil means the last good one that differs from the current.
    /// - Throws: `history.unknown-revision`, `service.unknown`, and what a deployment throws.
    @discardableResult
    public func rollback(
        serviceName: String, toRevision revision: Int? = nil, namespace: String? = nil,
        timeout: Duration = .seconds(600), progress: @escaping Progress = { _ in }
    ) async throws -> DeploymentResult {
        try await root.deployer(provider).rollback(
            service(serviceName, namespace), to: revision, options: Self.options(timeout), report: progress)
    }

    /// Stops and removes a service.
    ///
    /// - Parameter deleteData: whether to delete its stored data, too, which cannot be undone; what is
    ///   kept is in the result's `leftovers`.
    /// - Throws: `service.unknown`, and what a deployment throws.
    @discardableResult
    public func destroy(
        serviceName: String, deleteData: Bool = false, namespace: String? = nil, timeout: Duration = .seconds(600),
        progress: @escaping Progress = { _ in }
    ) async throws -> DeploymentResult {
        var options = Self.options(timeout)
        options.deleteData = deleteData
        return try await root.deployer(provider).destroy(
            service(serviceName, namespace), options: options, report: progress)
    }

    private func fleet(
        _ dataType: DataType, _ name: String, _ environment: DeploymentEnvironment?, _ version: String?,
        _ replicas: Int?, _ overrides: Node
    ) throws -> Fleet {
        var request = ConfigurationRequest()
        request.name = .init(name, flag: "serviceName")
        request.dataType = .init(dataType, flag: "dataType")
        request.provider = .init(provider, flag: "provider")
        request.environment = environment.map { .init($0, flag: "environment") }
        request.configurationFolder = configPath
        request.overrides = overrides
        if let version { request.assign(.string(version), at: ["deployment", "version"], from: "version") }
        if let replicas { request.assign(.integer(replicas), at: ["deployment", "replicas"], from: "replicas") }
        return try Fleet(request, LayerFolders(project: configPath), root)
    }

    private func service(_ name: String, _ namespace: String?) async throws -> ServiceIdentity {
        try await root.provider(provider).service(named: name, namespace: namespace)
    }

    private static func options(_ timeout: Duration) -> Deployer.Options {
        var options = Deployer.Options()
        options.timeout = span(timeout)
        return options
    }

    private static func span(_ duration: Duration) -> TimeSpan {
        let (seconds, attoseconds) = duration.components
        let (milliseconds, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
        return TimeSpan(milliseconds: overflow ? .max : milliseconds + Int(attoseconds / 1_000_000_000_000_000))
    }
}

extension ConfigurationRequest {
    fileprivate mutating func assign(_ value: Node, at keys: [String], from name: String) {
        let location = SourceLocation(file: SourceFile(name))
        assignments.append(.init(path: NodePath(keys: keys), value: value.relocated(to: location)))
    }
}

extension Diagnostic.Code {
    static let invalidReplicas = Self("service.invalid-replicas")
}
