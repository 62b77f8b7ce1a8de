import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// What the plans of a fleet's services look at, read in a few paged lists instead of one by one.
///
/// It says what reading one by one would say, as of the moment at which each list was made: an object that is not among
/// those of this tool is looked for among the names of all others. Where the user may not list, objects are read
/// one by one.
actor FleetLook: ObjectSource {
    private struct Place: Hashable {
        let type: ResourceType
        let namespace: String
    }

    private static let ours = "app.kubernetes.io/managed-by=synthdata-infra"
    private static let foreign = "app.kubernetes.io/managed-by!=synthdata-infra"

    private let api: KubernetesAPI
    private let store: SecretReleaseStore
    /// The namespaces of which so much is wanted that lists are worth it.
    private let namespaces: Set<String>
    private var planned: Set<ServiceIdentity> = []
    /// Services whose plan had to be made again: what was read for the fleet is old news for them.
    private var replanned: Set<ServiceIdentity> = []
    private var began = ContinuousClock.now
    private var lists: [Place: Task<[String: Node]?, any Error>] = [:]
    private var foreignNames: [Place: Task<Set<String>?, any Error>] = [:]
    private var kept: [String: Task<any Sendable, any Error>] = [:]
    private var marks: [String: SharedReading<[String: [ReleaseMark]]>] = [:]
    private var releases: [String: Task<[String: [StoredPart]]?, any Error>] = [:]
    private var assembled: [ServiceIdentity: [Release]] = [:]
    private var workloads: [String: FleetWorkloads] = [:]
    private var room: NodeFit?

    private static let life = Duration.seconds(30)
    private static let object = "object "

    /// Below so many services of one namespace, reading one by one is as good.
    private static let leastServices = 3

    /// Nil where no namespace has services enough.
    init?(_ services: [ServiceIdentity], api: KubernetesAPI, store: SecretReleaseStore) {
        let crowds = Dictionary(grouping: services, by: \.namespace).filter { $0.value.count >= Self.leastServices }
        guard !crowds.isEmpty else { return nil }
        self.api = api
        self.store = store
        namespaces = Set(crowds.keys)
    }

    func covers(_ service: ServiceIdentity) -> Bool { namespaces.contains(service.namespace) }

    /// Whether the service is planned for the first time: another plan of it has to look anew.
    func begins(_ service: ServiceIdentity) -> Bool {
        guard covers(service) else { return false }
        renew()
        if planned.insert(service).inserted { return true }
        replanned.insert(service)
        return false
    }

    /// Whether nothing was planned yet of the service, so that what is read for the fleet is news for it.
    func isUnplanned(_ service: ServiceIdentity) -> Bool {
        renew()
        return covers(service) && !planned.contains(service)
    }

    /// Whether its plan was made from what was read for the fleet.
    func wasPlanned(_ service: ServiceIdentity) -> Bool { planned.contains(service) && !replanned.contains(service) }

    /// A fleet may wait for its pods for long: what was read at its beginning is then read again.
    private func renew() {
        guard ContinuousClock.now - began > Self.life else { return }
        began = .now
        lists = [:]
        foreignNames = [:]
        releases = [:]
        kept = kept.filter { !$0.key.hasPrefix(Self.object) }
    }

    /// What is the same for all services: found out once, unless it fails.
    func once<Value: Sendable>(
        _ question: String, _ answer: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = kept[question] ?? Task { try await answer() as any Sendable }
        kept[question] = task
        do {
            if let value = try await task.value as? Value { return value }
        } catch {
            kept[question] = nil
            throw error
        }
        return try await answer()
    }

    /// Does for an object that services share what one of them does for all; for any other what it is asked to.
    func sharing<Value: Sendable>(
        _ object: DesiredObject, _ what: String, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if Ownership.mayDelete(object.identity) { return try await work() }
        return try await once("\(what) \(JSONEmitter.emit(object.manifest))", work)
    }

    // MARK: Objects

    func get(_ type: ResourceType, namespace: String?, name: String) async throws -> Node? {
        if let place = place(type, namespace), let list = try await list(place).value {
            if let object = list[name] { return object }
            if let names = try await foreignNames(place), !names.contains(name) { return nil }
        }
        return try await once("\(Self.object)\(type.path(namespace: namespace, name: name))") { [api] in
            try await api.get(type, namespace: namespace, name: name)
        }
    }

    func review(_ path: String, _ object: Node) async throws -> Node {
        try await once("review \(path) \(JSONEmitter.emit(object))") { [api] in try await api.review(path, object) }
    }

    /// Starts the lists in which these objects will be looked for.
    func expect(_ objects: [DesiredObject]) {
        for object in objects {
            if let place = place(object.type, object.identity.namespace) { _ = list(place) }
        }
    }

    /// Nil for what is read one by one. Secrets are few, and those of this tool are its releases, which no plan reads so.
    private func place(_ type: ResourceType, _ namespace: String?) -> Place? {
        guard type != .secret, type.isNamespaced, let namespace, namespaces.contains(namespace) else { return nil }
        return Place(type: type, namespace: namespace)
    }

    /// Nil where the user may not list them.
    private func list(_ place: Place) -> Task<[String: Node]?, any Error> {
        if let task = lists[place] { return task }
        let task = Task { [api] () -> [String: Node]? in
            let selection = Selection(place.type, namespace: place.namespace, labels: Self.ours)
            return try await Preflight.looking {
                let items = try await api.list(selection, withFieldSets: false) {
                    ($0.objectName, $0.withoutBulk)
                }.items
                return Dictionary(items, uniquingKeysWith: { $1 })
            }
        }
        lists[place] = task
        return task
    }

    /// The names of what others have made; nil where the user may not list them.
    private func foreignNames(_ place: Place) async throws -> Set<String>? {
        if let task = foreignNames[place] { return try await task.value }
        let task = Task { [api] () -> Set<String>? in
            let selection = Selection(place.type, namespace: place.namespace, labels: Self.foreign)
            return try await Preflight.looking { Set(try await api.listMetadata(selection).map(\.objectName)) }
        }
        foreignNames[place] = task
        return try await task.value
    }

    // MARK: Rollouts

    /// A Deployment as a watch of all of the fleet saw it last; nil where there is none.
    func workload(_ object: DesiredObject) async -> Node? {
        guard let namespace = object.identity.namespace, namespaces.contains(namespace) else { return nil }
        let all =
            workloads[namespace]
            ?? FleetWorkloads(Selection(object.type, namespace: namespace, labels: Self.ours), api: api)
        workloads[namespace] = all
        return await all.workload(object.identity.name)
    }

    /// A Deployment that its controller has brought up within moments of its writing; nil where it needs longer, or
    /// does not come up.
    func settled(_ object: DesiredObject, since written: Node) async -> Node? {
        var pause = Duration.milliseconds(20)
        while pause < .seconds(2) {
            if let live = await workload(object), live.objectUID == written.objectUID,
                live.generation >= written.generation, Readiness(of: live).state == .current
            {
                return live
            }
            do {
                try await Task.sleep(for: pause)
            } catch {
                return nil
            }
            pause = pause * 3 / 2
        }
        return nil
    }

    // MARK: Releases

    /// The current releases of a service as they were when the first one was asked for; nil where they cannot be listed.
    func releases(of service: ServiceIdentity) async throws -> [Release]? {
        if let known = assembled[service] {
            // Its plan is the last to ask.
            if planned.contains(service) { assembled[service] = nil }
            return known
        }
        let namespace = service.namespace
        let task =
            releases[namespace]
            ?? Task { [store] in try await Preflight.looking { try await store.allParts(in: namespace) } }
        releases[namespace] = task
        guard let all = try await task.value else { return nil }
        let current = try await store.assembled(all[service.name.value] ?? [], of: service)
        assembled[service] = current
        return current
    }

    /// The marks of a service's current releases, read after this was asked; nil where they cannot be listed.
    func marks(of service: ServiceIdentity) async throws -> [ReleaseMark] {
        let namespace = service.namespace
        let reading = marks[namespace] ?? SharedReading { [store] in try await store.allMarks(in: namespace) }
        marks[namespace] = reading
        return try await reading.value()[service.name.value] ?? []
    }

    // MARK: Room

    /// Rehearses the rollout of one service after those of the others, which then takes its part of the nodes.
    ///
    /// - Parameter rehearsal: on the nodes before any of them.
    func problem(_ rollout: PlannedRollout, _ rehearsal: NodeRehearsal, isWarning: Bool) -> Diagnostic? {
        let (problem, after) = NodeRehearsal(fit: room ?? rehearsal.fit, running: rehearsal.running)
            .outcome(rollout, isWarning: isWarning)
        room = after
        return problem
    }
}

extension Node {
    fileprivate var generation: Int { value("metadata", "generation")?.integer ?? 0 }

    /// Without what no plan looks at: which fields each manager owns is often more than the object itself.
    fileprivate var withoutBulk: Node {
        guard var fields = mapping, var metadata = fields["metadata"]?.mapping else { return self }
        let managers = (metadata["managedFields"]?.sequence ?? []).map { entry -> Node in
            guard var entry = entry.mapping else { return entry }
            entry.remove("fieldsV1")
            return .mapping(entry)
        }
        metadata["managedFields"] = .sequence(managers)
        fields["metadata"] = .mapping(metadata)
        return .mapping(fields)
    }
}
