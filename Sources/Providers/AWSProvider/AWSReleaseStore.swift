import ServiceModel

/// The releases of the services of a cluster, which are kept in it: it is found when it is first asked.
struct AWSReleaseStore: ReleaseStore {
    let store: @Sendable () async throws -> any ReleaseStore

    func releases(of service: ServiceIdentity) async throws -> [Release] { try await store().releases(of: service) }

    func current(of service: ServiceIdentity) async throws -> [Release] { try await store().current(of: service) }

    func current(for desired: Release) async throws -> [Release] { try await store().current(for: desired) }

    func stand(_ known: [Release], of service: ServiceIdentity) async throws -> Bool {
        try await store().stand(known, of: service)
    }

    func mark(_ release: Release, keeping limit: Int) async throws {
        try await store().mark(release, keeping: limit)
    }

    func save(_ release: Release, keeping limit: Int) async throws {
        try await store().save(release, keeping: limit)
    }

    func removeAll(of service: ServiceIdentity) async throws { try await store().removeAll(of: service) }

    func services() async throws -> [ServiceIdentity] { try await store().services() }

    func services(in namespace: String?) async throws -> [ServiceIdentity] {
        try await store().services(in: namespace)
    }
}
