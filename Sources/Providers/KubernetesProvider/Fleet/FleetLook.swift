import Diagnostics
import Documents
import KubernetesClient
import ServiceModel
import Synchronization

/// What the plans of a fleet's services look at, read in a few paged lists instead of one by one.
///
/// It says what reading one by one would say, as of the moment at which each list was made: an object that is not among
/// those of this tool is looked for among the names of all others. Where the user may not list, objects are read
/// one by one.
///
/// Thousands of questions are answered from what is there already: whoever asks is not made to wait for a turn.
final class FleetLook: ObjectSource {
    private struct Place: Hashable, Sendable {
        let type: ResourceType
        let namespace: String
    }

    private static let ours = "app.kubernetes.io/managed-by=synthdata-infra"
    private static let foreign = "app.kubernetes.io/managed-by!=synthdata-infra"

    private let api: KubernetesAPI
    private let store: SecretReleaseStore
    private let state = Mutex(State())
    /// What does not change while the fleet is deployed.
    private let lasting = SharedAnswers<String, any Sendable>()
    /// The nodes with what the fleet's own rollouts leave of them; nil before the first of them.
    private let room = Mutex<NodeFit?>(nil)

    private let life: Duration

    private struct State {
        /// Those of the services that were asked about.
        var namespaces: Set<String> = []
        var planned: Set<ServiceIdentity> = []
        /// Services whose plan had to be made again: what was read for the fleet is old news for them.
        var replanned: Set<ServiceIdentity> = []
        var answers = Answers()
        var marks: [String: SharedReading<[String: [ReleaseMark]]>] = [:]
        var assembled: [ServiceIdentity: [Release]] = [:]
        var workloads: [String: FleetWorkloads] = [:]
    }

    /// What was read, of one time: nothing of it may be combined with what was read long before or after.
    private struct Answers {
        let began = ContinuousClock.now
        let lists = SharedAnswers<Place, [String: Node]?>()
        let foreignNames = SharedAnswers<Place, Set<String>?>()
        let firstMarks = SharedAnswers<String, [String: [ReleaseMark]]?>()
        /// Whether the server has settled of which moment the first marks are.
        let settledMarks = SharedAnswers<String, Void>()
        let releases = SharedAnswers<String, [String: [StoredPart]]?>()
        let others = SharedAnswers<String, any Sendable>()
    }

    private var answers: Answers { state.withLock(\.answers) }

    /// - Parameter life: how long what was read is taken for what is there.
    init(api: KubernetesAPI, store: SecretReleaseStore, life: Duration = .seconds(30)) {
        self.api = api
        self.store = store
        self.life = life
    }

    /// Whether the service is planned for the first time: another plan of it has to look anew.
    func begins(_ service: ServiceIdentity) -> Bool {
        renew()
        return state.withLock { state in
            state.namespaces.insert(service.namespace)
            if state.planned.insert(service).inserted { return true }
            state.replanned.insert(service)
            return false
        }
    }

    /// Whether nothing was planned yet of the service, so that what is read for the fleet is news for it.
    func isUnplanned(_ service: ServiceIdentity) -> Bool {
        renew()
        return state.withLock { !$0.planned.contains(service) }
    }

    /// Whether its plan was made from what was read for the fleet.
    func wasPlanned(_ service: ServiceIdentity) -> Bool {
        state.withLock { $0.planned.contains(service) && !$0.replanned.contains(service) }
    }

    /// A fleet may wait for its pods for long: what was read at its beginning is then read again.
    private func renew() {
        let isOver = state.withLock { state in
            guard ContinuousClock.now - state.answers.began > life else { return false }
            state.answers = Answers()
            return true
        }
        // Who was given a place on a node is among the pods that are listed by now, or about to be.
        if isOver { room.withLock { $0 = nil } }
    }

    /// What is the same for all services: found out once, unless it fails.
    ///
    /// - Parameter changes: whether it may be another after a while, and is then found out again.
    func once<Value: Sendable>(
        _ question: String, changes: Bool = false, _ answer: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let answers = changes ? answers.others : lasting
        if let value = try await answers.answer(to: question, answer) as? Value { return value }
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
        let answers = answers
        if let place = place(type, namespace), let list = try await answers.lists.answer(to: place, listing(place)) {
            if let object = list[name] { return object }
            let names = try await answers.foreignNames.answer(to: place, listingForeignNames(place))
            if let names, !names.contains(name) { return nil }
        }
        return try await once("object \(type.path(namespace: namespace, name: name))", changes: true) { [api] in
            try await api.get(type, namespace: namespace, name: name)
        }
    }

    func review(_ path: String, _ object: Node) async throws -> Node {
        try await once("review \(path) \(JSONEmitter.emit(object))") { [api] in try await api.review(path, object) }
    }

    /// Lists what is recorded of the service, and of those beside it; returns once the server has settled of which
    /// moment that is, which is before it is read.
    func expect(_ service: ServiceIdentity) async throws {
        let (answers, namespace) = (answers, service.namespace)
        state.withLock { _ = $0.namespaces.insert(namespace) }
        try await answers.settledMarks.answer(to: namespace) { [self] in
            let (settled, end) = AsyncStream<Never>.makeStream()
            let marks = answers.firstMarks.begin(namespace, listingMarks(namespace) { end.finish() })
            // They may have been asked for before, or cannot be read.
            Task {
                _ = await marks.result
                end.finish()
            }
            for await _ in settled {}
        }
    }

    /// Starts the lists in which these objects will be looked for. They must not be older than what is recorded:
    /// old objects would be taken for those of a newer release.
    func expect(_ objects: [DesiredObject]) {
        let answers = answers
        // What is applied last is the largest, and takes the longest.
        for object in objects.reversed() {
            if let place = place(object.type, object.identity.namespace) { answers.lists.begin(place, listing(place)) }
        }
    }

    private func covers(_ namespace: String) -> Bool { state.withLock { $0.namespaces.contains(namespace) } }

    /// Nil for what is read one by one. Secrets are few, and those of this tool are its releases, which no plan reads so.
    private func place(_ type: ResourceType, _ namespace: String?) -> Place? {
        guard type != .secret, type.isNamespaced, let namespace, covers(namespace) else { return nil }
        return Place(type: type, namespace: namespace)
    }

    /// Nil where the user may not list them.
    private func listing(_ place: Place) -> @Sendable () async throws -> [String: Node]? {
        { [api] in
            let selection = Selection(place.type, namespace: place.namespace, labels: Self.ours)
            return try await Preflight.looking {
                let items = try await api.list(selection, withFieldSets: false) { ($0.objectName, $0) }.items
                return Dictionary(items, uniquingKeysWith: { $1 })
            }
        }
    }

    /// The names of what others have made; nil where the user may not list them.
    private func listingForeignNames(_ place: Place) -> @Sendable () async throws -> Set<String>? {
        { [api] in
            let selection = Selection(place.type, namespace: place.namespace, labels: Self.foreign)
            return try await Preflight.looking { Set(try await api.listMetadata(selection).map(\.objectName)) }
        }
    }

    // MARK: Rollouts

    /// The Deployments of the object's namespace, as a watch of all of the fleet's sees them; nil where there is none.
    private func followed(_ object: DesiredObject) -> FleetWorkloads? {
        guard let namespace = object.identity.namespace, covers(namespace) else { return nil }
        return state.withLock { state in
            let all =
                state.workloads[namespace]
                ?? FleetWorkloads(Selection(object.type, namespace: namespace, labels: Self.ours), api: api)
            state.workloads[namespace] = all
            return all
        }
    }

    /// A Deployment that its controller has brought up within moments of its writing; nil where it needs longer, does
    /// not come up, or cannot be watched.
    func settled(_ object: DesiredObject, since written: Node) async -> Node? {
        guard let all = followed(object) else { return nil }
        var pause = Duration.milliseconds(20)
        while pause < .seconds(2) {
            if let live = await all.workload(object.identity.name), live.objectUID == written.objectUID,
                live.generation >= written.generation, Readiness(of: live).state == .current
            {
                return live
            }
            if await all.hasEnded { return nil }
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

    /// The current releases of the service of `desired` as they were when the first one was asked for; nil where they
    /// cannot be listed. None is read where all that was recorded is that it was deployed as it is desired.
    func releases(for desired: Release) async throws -> [Release]? {
        let service = desired.service
        if let known = known(service) { return known }
        let answers = answers
        let marks = try await answers.firstMarks.answer(to: service.namespace, listingMarks(service.namespace))
        guard let marks else { return nil }
        let own = marks[service.name.value] ?? []
        let current: [Release]?
        if own.isEmpty {
            current = []
        } else if own.count == 1, let same = own[0].release(wanting: desired) {
            current = [same]
        } else {
            current = try await stored(service, answers)
        }
        keep(current, of: service)
        return current
    }

    private func known(_ service: ServiceIdentity) -> [Release]? {
        state.withLock { state in
            // Its plan is the last to ask.
            state.planned.contains(service)
                ? state.assembled.removeValue(forKey: service) : state.assembled[service]
        }
    }

    private func keep(_ current: [Release]?, of service: ServiceIdentity) {
        state.withLock { state in
            if !state.planned.contains(service) { state.assembled[service] = current }
        }
    }

    private func listingMarks(
        _ namespace: String, answered: @escaping @Sendable () -> Void = {}
    ) -> @Sendable () async throws -> [String: [ReleaseMark]]? {
        { [store] in try await Preflight.looking { try await store.allMarks(in: namespace, answered: answered) } }
    }

    private func stored(_ service: ServiceIdentity, _ answers: Answers) async throws -> [Release]? {
        let all = try await answers.releases.answer(to: service.namespace) { [store] in
            try await Preflight.looking { try await store.allParts(in: service.namespace) }
        }
        guard let all else { return nil }
        return try await store.assembled(all[service.name.value] ?? [], of: service)
    }

    /// The marks of a service's current releases, read after this was asked; nil where they cannot be listed.
    func marks(of service: ServiceIdentity) async throws -> [ReleaseMark] {
        let namespace = service.namespace
        let reading = state.withLock { state in
            let reading = state.marks[namespace] ?? SharedReading { [store] in try await store.allMarks(in: namespace) }
            state.marks[namespace] = reading
            return reading
        }
        return try await reading.value()[service.name.value] ?? []
    }

    // MARK: Room

    /// Rehearses the rollout of one service after those of the others, which then takes its part of the nodes.
    ///
    /// - Parameter rehearsal: on the nodes before any of them.
    func problem(_ rollout: PlannedRollout, _ rehearsal: NodeRehearsal, isWarning: Bool) -> Diagnostic? {
        room.withLock { room in
            let (problem, after) = NodeRehearsal(fit: room ?? rehearsal.fit, running: rehearsal.running)
                .outcome(rollout, isWarning: isWarning)
            room = after
            return problem
        }
    }
}

extension Node {
    fileprivate var generation: Int { value("metadata", "generation")?.integer ?? 0 }
}
