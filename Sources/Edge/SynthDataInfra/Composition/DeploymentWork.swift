package import DeploymentEngine
import Diagnostics
import HTTPTransport
package import ServiceModel

/// What one command deploys, or looks at before: a service, or a fleet at each of some providers.
package struct DeploymentWork: Sendable {
    private let count: Int
    private let root: CompositionRoot
    private var items: [FleetDeployment.Item] = []
    private var fleets: [(place: Place, fleet: FleetDeployment)] = []
    /// What keeps a provider from being reached, which is only told where nothing is wrong with the services.
    private var problem: (any Error)?

    /// Where services run together: at a provider, and in one cluster of it.
    private struct Place: Hashable {
        let kind: ProviderKind
        let cloud: CloudPlace?

        init(_ release: Release) {
            kind = release.provider
            cloud = release.place
        }
    }

    /// What will be needed for places beyond this machine begins to be loaded.
    ///
    /// - Parameter providers: of each service that there will be.
    package init(at providers: [ProviderKind], in root: CompositionRoot) {
        count = providers.count
        self.root = root
        if providers.contains(where: { $0 != .local }) { CurlTransport.load() }
    }

    package var isFleet: Bool { items.count > 1 }

    /// In the order in which they were added.
    package var services: [ServiceIdentity] { items.map(\.release.service) }

    /// Nothing is changed before ``run(report:finished:failed:)``, but what plans will look at may be read from now on.
    package mutating func add(_ release: Release, _ options: Deployer.Options) {
        let item = FleetDeployment.Item(release, options)
        items.append(item)
        guard count > 1 else { return }
        do {
            let place = Place(release)
            if let index = fleets.firstIndex(where: { $0.place == place }) {
                fleets[index].fleet.add(item)
            } else if problem == nil {
                var fleet = FleetDeployment(of: count, deployer: try root.deployer(place.kind, at: place.cloud))
                fleet.add(item)
                fleets.append((place, fleet))
            }
        } catch {
            problem = error
        }
    }

    /// What deploying each service would do, or why nobody can tell, in the order in which they were added.
    ///
    /// - Parameters:
    ///   - begun: told of each service as it is looked at; called from many tasks.
    ///   - ended: told of what came of it.
    /// - Throws: what keeps a provider from being reached.
    package func previews(
        begun: @escaping @Sendable (ServiceIdentity) -> Void,
        ended: @escaping @Sendable (ServiceIdentity, Result<Deployer.Preview, any Error>) -> Void
    ) async throws -> [(item: FleetDeployment.Item, outcome: Result<Deployer.Preview, any Error>)] {
        if let problem { throw problem }
        var fleets = fleets
        if let item = items.first, !isFleet {
            var single = FleetDeployment(of: 1, deployer: try deployer(for: item.release))
            single.add(item)
            fleets = [(Place(item.release), single)]
        }
        var outcomes: [Place: ArraySlice<Result<Deployer.Preview, any Error>>] = [:]
        for (place, fleet) in fleets {
            outcomes[place] = try await fleet.previews(begun: begun, ended: ended)[...]
        }
        return items.compactMap { item in outcomes[Place(item.release)]?.popFirst().map { (item, $0) } }
    }

    /// A plan that can be applied later, with where it was made for.
    ///
    /// - Throws: what keeps the place from being reached.
    package func saved(_ plan: Plan, of item: FleetDeployment.Item) async throws -> SavedPlan {
        var release = item.release
        let provider = try root.provider(release.provider, at: release.place)
        if let place = release.place, place["account"] == nil, let account = try await root.account(at: place) {
            release.place = place.with("account", .string(account))
        }
        return SavedPlan(
            plan, release: release, replicasAreExplicit: item.options.replicasAreExplicit,
            clusterUID: try await (provider as? any ClusterIdentifying)?.clusterUID())
    }

    private func deployer(for release: Release) throws -> Deployer {
        try root.deployer(release.provider, at: release.place)
    }

    /// Deploys the services of one place after those of another.
    ///
    /// - Parameters:
    ///   - report: gives each service its printer of events; called from many tasks.
    ///   - finished: told of each service that is deployed.
    ///   - failed: told of each one of several that is not.
    /// - Throws: what a single service fails with, and what keeps a provider from being reached.
    package func run(
        report: @escaping @Sendable (ServiceIdentity) -> @Sendable (DeploymentEvent) -> Void,
        finished: (ServiceIdentity, DeploymentResult) -> Void, failed: (ServiceIdentity, any Error) -> Void
    ) async throws {
        if let item = items.first, !isFleet {
            let service = item.release.service
            let result = try await deployer(for: item.release).deploy(
                item.release, options: item.options, report: report(service))
            finished(service, result)
            return
        }
        if let problem { throw problem }
        for (_, fleet) in fleets {
            try await fleet.run(report: report) { service, outcome in
                switch outcome {
                case .success(let result): finished(service, result)
                case .failure(let error): failed(service, error)
                }
            }
        }
    }
}
