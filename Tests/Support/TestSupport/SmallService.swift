/// A service without anything that it can do without, for tests that are about something else.
package enum SmallService {
    /// Its settings, as a layer.
    package static let layer = """
        deployment:
          image: registry.example.com/demo:1
          replicas: 1
          topology_spread: {enabled: false}
        resources: {cpu: 100m, memory: 64Mi, ephemeral_storage: 64Mi, gpu: null}
        storage: {enabled: false, backup_enabled: false, cdn_enabled: false}
        networking: {ingress: {enabled: false, class: null}, bandwidth: null}
        scaling: {enabled: false}
        health: {readiness: {period: 1s}, liveness: {period: 10s}}
        monitoring: {prometheus: {enabled: false}}
        security:
          rbac: {enabled: false}
          network_policies: {enabled: false}
          pod_security: {enabled: false}
          secrets: []

        """

    /// The file of a service `demo` that has them.
    package static let document =
        """
        apiVersion: synthdata.io/v1
        kind: SyntheticDataService
        metadata: {name: demo}
        spec:
          type: image
          provider: onprem
          environment: development
          overrides:

        """ + layer.split(separator: "\n").map { "    \($0)\n" }.joined()

    /// The line of ``document`` that names the image.
    package static let imageLine = 10
}
