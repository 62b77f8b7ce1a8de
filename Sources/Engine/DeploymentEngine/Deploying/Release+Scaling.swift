import Diagnostics
import Documents
import ServiceModel

/// What `scale` makes of releases, and how long it lasts.
extension Release {
    /// The same objects with another number of replicas, which later deployments keep.
    ///
    /// - Parameters:
    ///   - time: how long they are kept; nil means until somebody names replicas.
    ///   - now: seconds since 1970.
    func scaled(to replicas: Int, for time: TimeSpan? = nil, at now: Int) -> Release {
        let standing = scaleOverride(at: now)
        var release = again(reason: "scale to \(Self.count(replicas))\(time.map { " for \($0)" } ?? "")")
        release.scaleOverride = ScaleOverride(
            replicas: replicas, expires: time.map { now + $0.seconds },
            lasting: time == nil ? nil : standing.flatMap { $0.expires == nil ? $0.replicas : $0.lasting },
            configured: scaleOverride == nil ? askedReplicas : scaleOverride?.configured)
        release.setReplicas(.fixed(replicas), from: "scale")
        return release
    }

    /// Replicas that `scale` set stay until somebody names a number, or until they expire.
    func keepingScale(of history: [Release], unless explicit: Bool, at now: Int) -> Release {
        guard !explicit, let last = history.lastDeployed, let old = last.scaleOverride else { return self }
        var release = self
        if old.isExpired(at: now) { release.reason += ", and scale to \(Self.count(old.replicas)) has expired" }
        guard let standing = old.effective(at: now) else { return release }
        release.scaleOverride = ScaleOverride(
            replicas: standing.replicas, expires: standing.expires, lasting: standing.lasting,
            configured: askedReplicas)
        release.setReplicas(.fixed(standing.replicas), from: "scale (revision \(last.revision))")
        return release
    }

    /// The same objects without what `scale` had set for a time that is over; itself where nothing has expired.
    func withoutExpiredScale(at now: Int) -> Release {
        guard let old = scaleOverride, old.isExpired(at: now), let successor = old.successor else { return self }
        var release = self
        release.scaleOverride = old.effective(at: now)
        release.setReplicas(successor, from: "scale --expire")
        return release
    }

    /// What decides how many replicas its objects have.
    var askedReplicas: ScaleOverride.Replicas? {
        if let autoscaler = resources.first(where: \.isAutoscaler)?.manifest["spec"],
            let minimum = autoscaler["minReplicas"]?.integer, let maximum = autoscaler["maxReplicas"]?.integer
        {
            return .between(minimum: minimum, maximum: maximum)
        }
        return resources.lazy.compactMap { $0.manifest.value("spec", "replicas")?.integer }.first.map { .fixed($0) }
    }

    /// `1 replica`, `3 replicas`.
    static func count(_ replicas: Int) -> String { "\(replicas) replica\(replicas == 1 ? "" : "s")" }

    /// Turns the knob that owns the replicas: an autoscaler's bounds, which are one number where it is to have no
    /// choice, else the workload's own number.
    private mutating func setReplicas(_ replicas: ScaleOverride.Replicas, from source: String) {
        let place = SourceLocation(file: SourceFile(source))
        let minimum: Int
        let maximum: Int
        switch replicas {
        case .fixed(let number): (minimum, maximum) = (number, number)
        case .between(let least, let most): (minimum, maximum) = (least, most)
        }
        // An autoscaler has no bound of 0: the workload's own 0 switches it off.
        let bounds: Node = [
            "minReplicas": minimum == 0 ? 1 : .integer(minimum, at: place),
            "maxReplicas": maximum == 0 ? 1 : .integer(maximum, at: place),
        ]
        setNodes(for: minimum, maximum, at: place)
        let hasAutoscaler = resources.contains(where: \.isAutoscaler)
        for index in resources.indices {
            if resources[index].isAutoscaler {
                resources[index].manifest.merge(["spec": bounds])
            } else if hasAutoscaler {
                guard resources[index].identity.kind == "Deployment" else { continue }
                // RFC 7386: null takes the number out, so that it is the autoscaler's again.
                let own: Node = maximum == 0 ? .integer(0, at: place) : .null
                resources[index].manifest.merge(["spec": ["replicas": own]])
            } else if resources[index].manifest.value("spec", "replicas") != nil {
                resources[index].manifest.merge(["spec": ["replicas": .integer(minimum, at: place)]])
            }
        }
    }
}

extension Resource {
    var isAutoscaler: Bool { identity.kind == "HorizontalPodAutoscaler" }
}
