import Diagnostics
package import ServiceModel

/// Deploys many services, some at once, in the order in which they are given.
///
/// One that fails does not keep the others from going on. When the task is cancelled, nothing more is begun, what is
/// under way ends as a single deployment does, and the cancellation is thrown.
package struct FleetDeployment: Sendable {
    package struct Item: Sendable {
        package let release: Release
        package let options: Deployer.Options

        package init(_ release: Release, _ options: Deployer.Options) {
            self.release = release
            self.options = options
        }
    }

    /// Below so many services, looking at each one's objects is as good as looking at those of all.
    private static let leastServices = 3

    private let deployer: Deployer
    private var items: [Item] = []

    /// - Parameters:
    ///   - deployer: of the place where all of them run.
    ///   - count: about how many there will be.
    package init(of count: Int, deployer: Deployer) {
        self.deployer = count < Self.leastServices ? deployer : deployer.forFleet()
    }

    /// Adds a service to be deployed. While the others are still being rendered, what their plans will look at is
    /// being read.
    package mutating func add(_ item: Item) {
        if items.isEmpty {
            Task { [deployer] in await deployer.lookAhead(for: item.release) }
        }
        items.append(item)
    }

    /// What a deployment of each one would do, or why nobody can tell, in the order in which they were added.
    ///
    /// - Parameters:
    ///   - begun: told of each service as it is looked at; called from many tasks.
    ///   - ended: told of what came of it.
    /// - Throws: what keeps the place from being reached.
    package func previews(
        begun: @escaping @Sendable (ServiceIdentity) -> Void = { _ in },
        ended: @escaping @Sendable (ServiceIdentity, Result<Deployer.Preview, any Error>) -> Void = { _, _ in }
    ) async throws -> [Result<Deployer.Preview, any Error>] {
        // A place that does not answer is waited for once, and not with every service.
        if let item = items.first { try await deployer.verify(item.release) }
        return try await items.concurrentMap(atOnce: deployer.deploymentsAtOnce) { [deployer] item in
            let service = item.release.service
            begun(service)
            let outcome: Result<Deployer.Preview, any Error>
            do {
                outcome = .success(try await deployer.preview(item.release, options: item.options))
            } catch let error where !(error is CancellationError) {
                outcome = .failure(error)
            }
            ended(service, outcome)
            return outcome
        }
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
