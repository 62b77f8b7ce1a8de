package import ServiceModel

/// Finding, and taking back, what others did to a service since it was deployed.
extension Deployer {
    /// What differs from the releases that were deployed last. Changes nothing and takes no lock.
    ///
    /// - Returns: in the order of the services, without those of which nothing was ever deployed.
    package func drifts(of services: [ServiceIdentity]) async throws -> [ServiceDrift] {
        try await services.concurrentMap(atOnce: deploymentsAtOnce) { try await drift(of: $0) }.compactMap(\.self)
    }

    /// - Returns: nil where nothing of the service was ever deployed.
    package func drift(of service: ServiceIdentity) async throws -> ServiceDrift? {
        guard let release = try await provider.releases.releases(of: service).lastDeployed else { return nil }
        if let provider = provider as? any DriftDetecting {
            return ServiceDrift(release: release, objects: try await provider.drift(from: release))
        }
        // Where nobody else can write, a plan tells all that can differ: that something is gone.
        let plan = try await provider.plan(release, deleteData: false)
        return ServiceDrift(release: release, objects: plan.changes.compactMap(ObjectDrift.init))
    }

    /// Deploys the release that was deployed last again, against what is there.
    package func revert(
        _ service: ServiceIdentity, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try await locked(service, options, report) {
            let history = try await interruptedMarkedFailed(of: service)
            guard let deployed = history.lastDeployed else { throw unknown(service) }
            let candidate = deployed.again(reason: "revert to revision \(deployed.revision)")
            let plan = try await numberedPlan(of: candidate, after: history)
            return try await apply(plan, history: history, options: options, report: report)
        }
    }
}

extension ObjectDrift {
    /// What a change that would bring the deployed object back says of the live one.
    fileprivate init?(_ change: Change) {
        switch change.action {
        case .unchanged: return nil
        case .create: self.init(resource: change.resource, kind: .missing)
        case .update, .replace, .delete:
            self.init(
                resource: change.resource, kind: .changed,
                fields: change.fields.map {
                    FieldDrift(path: $0.path, deployed: $0.new, live: $0.old, author: nil, isSecret: false)
                },
                reason: change.reason)
        }
    }
}
