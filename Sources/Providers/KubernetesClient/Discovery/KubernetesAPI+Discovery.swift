import Documents

extension KubernetesAPI {
    /// Since Kubernetes 1.27 one answer lists all groups; other servers give the list of groups instead:
    /// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
    private static let aggregated = [
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", "application/json",
    ].joined(separator: ",")
    private static let concurrency = 16

    /// Asks the server what it serves: in two requests where it can say it all at once, else in one for each
    /// version of each group. A group whose own server does not answer is left out.
    ///
    /// - Returns: what it serves, and whether that is all.
    func discover() async throws -> (types: ServedTypes, isComplete: Bool) {
        async let core = document(at: "/api", accept: Self.aggregated)
        async let groups = document(at: "/apis", accept: Self.aggregated)
        let answers = try await [core, groups]
        var types: [ResourceType] = []
        var paths: [(path: String, group: String, version: String)] = []
        for answer in answers {
            switch answer["kind"]?.string {
            case "APIGroupDiscoveryList": types += Self.aggregatedTypes(answer)
            case "APIVersions":
                for version in (answer["versions"]?.sequence ?? []).compactMap(\.string) {
                    paths.append(("/api/\(version)", "", version))
                }
            default:
                for group in answer["groups"]?.sequence ?? [] {
                    guard let name = group["name"]?.string else { continue }
                    for version in Self.versions(of: group) {
                        paths.append(("/apis/\(name)/\(version)", name, version))
                    }
                }
            }
        }
        let asked = try await self.types(at: paths)
        let isStale = answers.contains(where: Self.isStale)
        return (ServedTypes(types + asked.compactMap(\.self).flatMap(\.self)), !isStale && !asked.contains(nil))
    }

    /// The preferred version first.
    private static func versions(of group: Node) -> [String] {
        let all = (group["versions"]?.sequence ?? []).compactMap { $0["version"]?.string }
        guard let preferred = group.value("preferredVersion", "version")?.string else { return all }
        return [preferred] + all.filter { $0 != preferred }
    }

    /// In the order of the paths; nil where the group's own server does not answer.
    private func types(
        at paths: [(path: String, group: String, version: String)]
    ) async throws -> [[ResourceType]?] {
        try await withThrowingTaskGroup(of: (Int, [ResourceType]?).self) { tasks in
            var found = [[ResourceType]?](repeating: nil, count: paths.count)
            for (index, place) in paths.enumerated() {
                if index >= Self.concurrency, let (done, types) = try await tasks.next() { found[done] = types }
                tasks.addTask {
                    do {
                        let answer = try await document(at: place.path)
                        return (index, Self.classicTypes(answer, group: place.group, version: place.version))
                    } catch let status as APIStatus where status.code >= 500 || status.isNotFound {
                        return (index, nil)
                    }
                }
            }
            for try await (index, types) in tasks { found[index] = types }
            return found
        }
    }

    private static func classicTypes(_ list: Node, group: String, version: String) -> [ResourceType] {
        (list["resources"]?.sequence ?? []).compactMap { resource in
            guard let plural = resource["name"]?.string, !plural.contains("/"), let kind = resource["kind"]?.string,
                let isNamespaced = resource["namespaced"]?.bool
            else { return nil }
            return ResourceType(
                group: group, version: version, kind: kind, plural: plural, isNamespaced: isNamespaced)
        }
    }

    /// Whether the server repeats what a group's own server said before it ceased to answer.
    private static func isStale(_ answer: Node) -> Bool {
        (answer["items"]?.sequence ?? []).contains { group in
            (group["versions"]?.sequence ?? []).contains { $0["freshness"]?.string == "Stale" }
        }
    }

    private static func aggregatedTypes(_ list: Node) -> [ResourceType] {
        (list["items"]?.sequence ?? []).flatMap { group -> [ResourceType] in
            let name = group.objectName
            return (group["versions"]?.sequence ?? []).flatMap { version -> [ResourceType] in
                (version["resources"]?.sequence ?? []).compactMap { resource in
                    guard let versionName = version["version"]?.string, let plural = resource["resource"]?.string,
                        let kind = resource.value("responseKind", "kind")?.string
                    else { return nil }
                    return ResourceType(
                        group: name, version: versionName, kind: kind, plural: plural,
                        isNamespaced: resource["scope"]?.string == "Namespaced")
                }
            }
        }
    }
}
