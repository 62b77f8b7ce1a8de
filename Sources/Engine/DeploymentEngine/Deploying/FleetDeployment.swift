import Diagnostics
package import ServiceModel

/// Deploys many services, some at once, in the order in which they are given.
///
/// One that fails does not keep the others from going on. When the task is cancelled, nothing more is begun, what is
/// under way ends as a single deployment does, and the cancellation is thrown.
package struct FleetDeployment: Sendable {
    package struct Item: Sendable {
        let release: Release
        let options: Deployer.Options

        package init(_ release: Release, _ options: Deployer.Options) {
            self.release = release
            self.options = options
        }
    }

    private let deployer: Deployer
    private let items: [Item]

    /// - Parameter deployer: of the place where all of them run.
    package init(_ items: [Item], deployer: Deployer) {
        self.items = items
        self.deployer = deployer.forFleet(items.map(\.release.service))
    }

    /// - Parameters:
    ///   - report: gives each service its printer of events; called from many tasks.
    ///   - ended: told of each service as soon as it has ended, one after another.
    package func run(
        report: @escaping @Sendable (ServiceIdentity) -> Deployer.Report,
        ended: (ServiceIdentity, Result<DeploymentResult, any Error>) -> Void
    ) async throws {
        await withTaskGroup(of: (ServiceIdentity, Result<DeploymentResult, any Error>).self) { group in
            for (index, item) in items.enumerated() {
                if index >= deployer.deploymentsAtOnce, let (service, result) = await group.next() {
                    tell(service, result, ended)
                }
                if Task.isCancelled { break }
                group.addTask { [deployer] in
                    let service = item.release.service
                    do {
                        return (
                            service,
                            .success(
                                try await deployer.deploy(item.release, options: item.options, report: report(service)))
                        )
                    } catch {
                        return (service, .failure(error))
                    }
                }
            }
            for await (service, result) in group { tell(service, result, ended) }
        }
        try Task.checkCancellation()
    }

    /// What was cut short by the cancellation has not failed.
    private func tell(
        _ service: ServiceIdentity, _ result: Result<DeploymentResult, any Error>,
        _ ended: (ServiceIdentity, Result<DeploymentResult, any Error>) -> Void
    ) {
        if case .failure = result, Task.isCancelled { return }
        ended(service, result)
    }
}
