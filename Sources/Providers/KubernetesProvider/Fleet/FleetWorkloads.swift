import Documents
import KubernetesClient

/// The Deployments of a fleet in one namespace, followed by one watch for all services.
actor FleetWorkloads {
    private let api: KubernetesAPI
    private let selection: Selection
    private var live: [String: Node] = [:]
    private var watch: Task<Void, Never>?
    /// Whether the watch was given up, as where the user may not watch: what it saw is old news then.
    private(set) var hasEnded = false

    init(_ selection: Selection, api: KubernetesAPI) {
        self.api = api
        self.selection = selection
    }

    deinit { watch?.cancel() }

    /// As the watch saw it last; nil before it has, and after it has ended.
    func workload(_ name: String) -> Node? {
        if watch == nil {
            watch = Task { [weak self, api, selection] in
                try? await api.watch(selection) { event in
                    guard let self else { return .enough }
                    await self.see(event)
                    return .goOn
                }
                await self?.end()
            }
        }
        return live[name]
    }

    private func end() {
        hasEnded = true
        live = [:]
    }

    private func see(_ event: WatchEvent) {
        switch event {
        case .listed(let all): live = Dictionary(all.map { ($0.objectName, $0.brief) }, uniquingKeysWith: { $1 })
        case .changed(let object): live[object.objectName] = object.brief
        case .deleted(let object): live[object.objectName] = nil
        }
    }
}

extension Node {
    /// What readiness is judged by.
    fileprivate var brief: Node {
        var spec = Mapping()
        for key in ["replicas", "paused"] { spec[key] = value("spec", key) }
        var metadata = Mapping()
        for key in ["name", "generation", "uid", "deletionTimestamp"] { metadata[key] = value("metadata", key) }
        var brief = Mapping()
        for key in ["apiVersion", "kind", "status"] { brief[key] = self[key] }
        brief["metadata"] = .mapping(metadata)
        brief["spec"] = .mapping(spec)
        return .mapping(brief)
    }
}
