package import Diagnostics
import Documents
package import ServiceModel

/// The smallest Roles with which services can be deployed, scaled, looked at, rolled back and destroyed.
///
/// A cluster's owner makes them once, and the namespaces; whoever deploys then needs nothing else.
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/
package struct MinimalRole: Sendable {
    /// Who is to have the rights.
    package struct Subject: Sendable, Hashable {
        let kind: String
        let name: String
        /// Of a ServiceAccount; nil means that of the services.
        let namespace: String?

        package static let standard = Subject(kind: "ServiceAccount", name: MinimalRole.name, namespace: nil)

        /// Reads `user:NAME`, `group:NAME` or `serviceaccount:NAMESPACE:NAME`.
        package init(parsing text: String, at location: SourceLocation) throws(Diagnostic) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let rest = parts.count == 2 ? parts[1] : ""
            let account = rest.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            switch parts[0] {
            case "user" where !rest.isEmpty: self.init(kind: "User", name: rest, namespace: nil)
            case "group" where !rest.isEmpty: self.init(kind: "Group", name: rest, namespace: nil)
            case "serviceaccount" where account.count == 2 && account.allSatisfy { !$0.isEmpty }:
                self.init(kind: "ServiceAccount", name: account[1], namespace: account[0])
            default:
                throw Diagnostic(
                    .error, .subject, "`\(text)` names nobody who can have rights", at: location,
                    fix: "write user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME")
            }
        }

        init(kind: String, name: String, namespace: String?) {
            self.kind = kind
            self.name = name
            self.namespace = namespace
        }

        fileprivate func reference(in namespace: String) -> Node {
            var node = Mapping()
            node["kind"] = .string(kind)
            if kind == "ServiceAccount" {
                node["namespace"] = .string(self.namespace ?? namespace)
            } else {
                node["apiGroup"] = "rbac.authorization.k8s.io"
            }
            node["name"] = .string(name)
            return .mapping(node)
        }
    }

    /// Of the objects that are made here.
    static let name = "synthdata-infra"
    /// Of what stands where a Prometheus is.
    static let metricsName = "synthdata-infra-metrics"

    private let releases: [Release]
    private let subject: Subject

    package init(for releases: [Release], subject: Subject = .standard) {
        self.releases = releases
        self.subject = subject
    }

    /// The Roles, ClusterRoles and their bindings, in an order in which they can be applied.
    package var resources: [Resource] {
        let namespaces = Set(releases.map(\.service.namespace)).sorted()
        var documents: [Node] = []
        for namespace in namespaces {
            let own = releases.filter { $0.service.namespace == namespace }
            documents.append(role("Role", namespace, Self.rules(of: Self.rights(for: own))))
            documents.append(binding("Role", namespace, [subject.reference(in: namespace)]))
        }
        let isOneEach = subject.namespace == nil && subject.kind == "ServiceAccount"
        let subjects = (isOneEach ? namespaces : [namespaces.first ?? ""]).map(subject.reference)
        for (namespace, rules) in metricsRules {
            documents.append(role("Role", namespace, rules, name: Self.metricsName))
            documents.append(binding("Role", namespace, subjects, name: Self.metricsName))
        }
        documents.append(role("ClusterRole", nil, clusterRules))
        documents.append(binding("ClusterRole", nil, subjects))
        return documents.compactMap(Resource.init)
    }

    // MARK: Rights

    /// Records and what happens to pods: the same for every service.
    private static let always: [AccessRight] =
        ["get", "create", "update", "delete", "list", "watch"].map {
            AccessRight($0, "leases", group: "coordination.k8s.io")
        }
        + ["list", "patch", "create", "delete"].map { AccessRight($0, "secrets") }
        + ["get", "list", "patch", "create", "delete"].map { AccessRight($0, "configmaps") }
        + ["list", "watch"].map { AccessRight($0, "pods") } + [AccessRight("get", "pods/log")]
        + ["list", "watch"].map { AccessRight($0, "events") }
        + ["list", "watch"].map { AccessRight($0, "deployments", group: "apps") }
        + ["list", "watch"].map { AccessRight($0, "replicasets", group: "apps") }
        // Whether an autoscaler decides how many replicas there are.
        + [AccessRight("list", "horizontalpodautoscalers", group: "autoscaling")]
        // What its replicas make and use.
        + [AccessRight("get", "pods/proxy"), AccessRight("list", "pods", group: "metrics.k8s.io")]
        // Where a service answers.
        + [AccessRight("list", "services"), AccessRight("list", "ingresses", group: "networking.k8s.io")]
        // What is looked at before a deployment, so that it does not fail half-way.
        + [AccessRight("list", "resourcequotas"), AccessRight("list", "limitranges"), AccessRight("get", "secrets")]

    private static func rights(for releases: [Release]) -> [AccessRight] {
        releases.flatMap(\.resources).filter { $0.identity.namespace != nil }.reduce(into: always) { rights, resource in
            rights += all(on: resource, isNamespaced: true)
            if resource.identity.kind == "Role" { rights += AccessRight.given(by: resource.manifest) }
        }
    }

    private static func all(on resource: Resource, isNamespaced: Bool) -> [AccessRight] {
        ["get", "patch", "create", "delete"].map {
            AccessRight(
                $0, KnownGroups.plural(of: resource.identity.kind), group: resource.identity.group,
                isNamespaced: isNamespaced)
        }
    }

    /// For asking each Prometheus of the cluster through the API server, in order of its namespace.
    private var metricsRules: [(namespace: String, rules: [Node])] {
        let servers = Set(releases.compactMap { ClusterService(prometheusOf: $0) })
        return Dictionary(grouping: servers, by: \.namespace).sorted { $0.key < $1.key }.map { namespace, servers in
            (
                namespace,
                [
                    [
                        "apiGroups": [""], "resources": ["services/proxy"],
                        "resourceNames": .sequence(servers.map(\.reference).sorted().map { .string($0) }),
                        "verbs": ["get"],
                    ]
                ]
            )
        }
    }

    /// Room on nodes, classes that are referred to, and which cluster it is.
    private var clusterRules: [Node] {
        var rights = [
            AccessRight("list", "nodes", isNamespaced: false), AccessRight("list", "pods"),
        ]
        var classes: Set<String> = []
        for resource in releases.flatMap(\.resources) {
            let pod = resource.manifest.value("spec", "template", "spec")
            if resource.identity.namespace == nil, resource.identity.kind != "Namespace" {
                rights += Self.all(on: resource, isNamespaced: false)
            }
            if resource.identity.kind == "PersistentVolumeClaim" { classes.insert("storageclasses.storage.k8s.io") }
            if resource.identity.kind == "Ingress" { classes.insert("ingressclasses.networking.k8s.io") }
            if pod?["runtimeClassName"] != nil { classes.insert("runtimeclasses.node.k8s.io") }
            if pod?["priorityClassName"] != nil { classes.insert("priorityclasses.scheduling.k8s.io") }
        }
        for name in classes {
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            rights.append(AccessRight("get", parts[0], group: parts[1], isNamespaced: false))
        }
        var rules = Self.rules(of: rights)
        if releases.contains(where: { $0.cluster != nil }) {
            rules.append([
                "apiGroups": [""], "resources": ["namespaces"], "resourceNames": ["kube-system"], "verbs": ["get"],
            ])
        }
        return rules
    }

    /// A rule for each kind, in order.
    private static func rules(of rights: [AccessRight]) -> [Node] {
        let grouped = Dictionary(grouping: Set(rights)) { Kind(group: $0.group, resource: $0.resource) }
        return grouped.sorted { ($0.key.group, $0.key.resource) < ($1.key.group, $1.key.resource) }.map {
            kind, rights in
            var rule = Mapping()
            rule["apiGroups"] = [.string(kind.group)]
            rule["resources"] = [.string(kind.resource)]
            rule["verbs"] = .sequence(rights.map(\.verb).sorted().map { .string($0) })
            return .mapping(rule)
        }
    }

    private struct Kind: Hashable {
        let group: String
        let resource: String
    }

    // MARK: Objects

    private func metadata(_ namespace: String?, _ name: String) -> Node {
        var metadata = Mapping()
        metadata["name"] = .string(name)
        if let namespace { metadata["namespace"] = .string(namespace) }
        return .mapping(metadata)
    }

    private func role(_ kind: String, _ namespace: String?, _ rules: [Node], name: String = Self.name) -> Node {
        var role = Mapping()
        role["apiVersion"] = "rbac.authorization.k8s.io/v1"
        role["kind"] = .string(kind)
        role["metadata"] = metadata(namespace, name)
        role["rules"] = .sequence(rules)
        return .mapping(role)
    }

    private func binding(
        _ role: String, _ namespace: String?, _ subjects: [Node], name: String = Self.name
    ) -> Node {
        var binding = Mapping()
        binding["apiVersion"] = "rbac.authorization.k8s.io/v1"
        binding["kind"] = .string("\(role)Binding")
        binding["metadata"] = metadata(namespace, name)
        var reference = Mapping()
        reference["apiGroup"] = "rbac.authorization.k8s.io"
        reference["kind"] = .string(role)
        reference["name"] = .string(name)
        binding["roleRef"] = .mapping(reference)
        binding["subjects"] = .sequence(subjects)
        return .mapping(binding)
    }
}

extension Diagnostic.Code {
    static let subject = Self("usage.subject")
}
