import ServiceModel

/// The files of a new project.
struct ProjectScaffold {
    let service: ServiceName
    let dataType: DataType

    var files: [(path: String, text: String)] {
        [
            ("synthdata/base.yaml", base), ("synthdata/environments/production.yaml", production),
            ("services/\(service).yaml", serviceFile),
        ]
    }

    private var base: String {
        """
        # Your own layer over the built-in profiles, for every service of this project.
        # `synthdata-infra profiles show base` prints what it is laid over, and
        # `synthdata-infra config explain PATH -f services` tells where a value comes from.
        # Next to this file: data-types/TYPE.yaml, providers/PROVIDER.yaml, environments/ENVIRONMENT.yaml.

        # What is meant when neither a service nor a flag says.
        defaults:
          provider: local

        deployment:
          labels:
            team: data-platform

        # networking:
        #   ingress:
        #     domain: data.example.com

        """
    }

    private var production: String {
        """
        # What only production gets. Flags and service files win over it.
        deployment:
          replicas: 3

        # monitoring:
        #   alerts:
        #     channels: [slack]

        """
    }

    private var serviceFile: String {
        """
        # One service. Several documents or files make a fleet: `synthdata-infra deploy -f services`.
        apiVersion: synthdata.io/v1
        kind: SyntheticDataService
        metadata:
          name: \(service)
        spec:
          type: \(dataType.rawValue)
          version: 1.0.0
          # provider: aws
          # environment: production
          # replicas: 2
          overrides:
            resources:
              cpu: 1
              memory: 2Gi
            # Settings of the service itself; they are handed to it unchecked.
            # specific:
            #   batch_size: 500

        """
    }
}
