import ControlPlane
import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// The Kubernetes provider at a real control plane; each test has a namespace of its own.
enum ConformingCluster {
    /// Says so where it is left out.
    static let isWanted: Bool = {
        if !ControlPlane.isWanted { print("the provider conformance suite: \(ControlPlane.reason)") }
        return ControlPlane.isWanted
    }()

    static let provider = ConformingProvider(
        name: "Kubernetes",
        make: { _ in
            var limits = ProviderLimits()
            limits.lease.poll = .milliseconds(50)
            return KubernetesProvider(kind: .onprem, cluster: try await cluster.value, limits: limits) {
                Issue.record("\($0)")
            }
        },
        manifests: manifests, refusal: "service.yaml:23:21",
        takesBackWhatIsDoomed: false,
        loseHistory: { service, _ in
            let api = try await cluster.value.api
            let selection = Selection(.secret, namespace: service.namespace, labels: "synthdata.io/record=release")
            for object in try await api.listMetadata(selection) {
                _ = try await api.delete(.secret, namespace: service.namespace, name: object.objectName, uid: nil)
            }
        },
        prepare: { service in
            let api = try await cluster.value.api
            _ = try await api.create(
                .namespace, namespace: nil,
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(service.namespace)]])
            // Pods get its token: they are refused until controllers have made both.
            try await eventually {
                let account = try await api.get(account, namespace: service.namespace, name: "default")
                return account?["secrets"]?.sequence?.isEmpty == false
            }
        },
        clean: { service in
            _ = try await cluster.value.api.delete(.namespace, namespace: nil, name: service.namespace, uid: nil)
        })

    private static let account = ResourceType(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", isNamespaced: true)

    private static let cluster = Task.detached {
        let file = try await ControlPlane.shared().kubeconfigs.admin
        let access = try ClusterAccess.find(kubeconfig: file, context: nil, environment: [:])
        let (client, server) = try ClusterConnection.client(for: access, environment: [:], isTerminal: false)
        let api = KubernetesAPI(client, server: server)
        return Cluster(api: api, discovery: Discovery(api, server: access.server, cacheFolder: nil), name: "test")
    }

    private static func manifests(_ wish: ConformingProvider.Wish) -> [String] {
        let labels = """
            app.kubernetes.io/managed-by: synthdata-infra, app.kubernetes.io/name: synthdata-service, \
            app.kubernetes.io/instance: demo, app.kubernetes.io/version: \(wish.tag), \
            synthdata.io/data-type: tabular, synthdata.io/environment: development
            """
        let metadata = "{name: demo, namespace: \(wish.service.namespace), labels: {\(labels)}}"
        return [
            "{apiVersion: v1, kind: ConfigMap, metadata: \(metadata), data: {tag: \(wish.tag)}}",
            """
            apiVersion: v1
            kind: Service
            metadata: \(metadata)
            spec: {selector: {app.kubernetes.io/instance: demo}, ports: [{port: 80, protocol: TCP}]}
            """,
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: \(metadata)
            spec:
              replicas: \(wish.replicas)
              selector: {matchLabels: {app.kubernetes.io/instance: demo}}
              strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
              template:
                metadata: {labels: {\(labels)}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                    - name: workload
                      # A cluster does not refuse what it only learns by trying, as an image that does not exist; a
                      # port that cannot have its name it does.
                      image: registry.example.com/demo:\(wish.flaw == .doomed ? "typo" : "1")
                      env: [{name: TAG, value: "\(wish.tag)"}]
                      resources: {requests: {cpu: 10m, memory: 16Mi}}
                      ports:
                        -
                          containerPort: 8080
                          protocol: TCP
                          name: \(wish.flaw == .refused ? "Not_A_Port" : "http")
            """,
        ]
    }
}
