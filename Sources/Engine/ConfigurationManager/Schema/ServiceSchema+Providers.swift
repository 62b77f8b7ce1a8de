import ResourceManager

extension ServiceSchema {
    static let providers = SchemaKey.section(
        "providers", "What is particular to one provider.",
        [
            .section(
                "local", "This machine.",
                [SchemaKey("port", port, "Loopback port of the service.", absent: "a free one, kept from then on")]),
            .section(
                "onprem", "A Kubernetes cluster.",
                [SchemaKey("context", .text(.free), "Context of the kubeconfig.", absent: "the current one")]),
            aws, gcp, azure,
        ])

    private static let aws = SchemaKey.section(
        "aws", "Amazon Web Services.",
        [
            SchemaKey(
                "region", .text(.dnsLabel), "Region.", absent: "that of AWS_REGION, AWS_DEFAULT_REGION or the profile",
                example: "eu-west-1"),
            SchemaKey("cluster", .text(.free), "Name of the EKS cluster.", example: "production"),
            SchemaKey(
                "engine", .choice(["rest", "terraform"]),
                "What makes the resources around the cluster: requests to AWS, or the program `terraform`.",
                absent: "rest"),
            SchemaKey(
                "account", .text(.awsAccount), "Account id that deployments are pinned to.", absent: "not pinned"),
            SchemaKey(
                "cluster_endpoint", .text(.httpURL), "Where the cluster's API is reached, such as a tunnel.",
                absent: "the cluster's own", example: "https://127.0.0.1:8443"),
            SchemaKey(
                "cluster_server_name", .text(.dnsName), "Name that the certificate of `cluster_endpoint` is for.",
                absent: "the host of the cluster's own", example: "0A1B2C3D.gr7.eu-west-1.eks.amazonaws.com"),
            SchemaKey(
                "identity", .choice(["pod-identity", "irsa"]),
                "How pods get their role: by EKS Pod Identity, or by the cluster's OpenID Connect issuer.",
                absent: "pod-identity"),
            SchemaKey(
                "subnets", .list(.text(.free)), "Subnets of the nodes.", absent: "the cluster's",
                example: "[subnet-0123456789abcdef0]"),
            SchemaKey("node_role", .text(.awsARN), "Role of the nodes.", absent: "one is made"),
            SchemaKey(
                "ami_type", .choice(AMIType.allCases.map(\.rawValue)), "Kind of the nodes' image.",
                absent: "by machine type"),
            SchemaKey(
                "permissions_boundary", .text(.awsARN), "Policy that bounds the roles that are made.", absent: "none",
                example: "arn:aws:iam::123456789012:policy/boundary"),
            terraform,
        ])

    private static let gcp = SchemaKey.section(
        "gcp", "Google Cloud.",
        [
            SchemaKey("project", .text(.dnsLabel), "Project id.", example: "research-123456"),
            SchemaKey("region", .text(.dnsLabel), "Region or zone.", example: "europe-west4"),
            SchemaKey("cluster", .text(.free), "Name of the GKE cluster.", example: "production"),
            SchemaKey(
                "zones", .list(.text(.dnsLabel)), "Zones of the nodes.", absent: "the cluster's",
                example: "[europe-west4-a]"),
            SchemaKey(
                "node_service_account", .text(.free), "Service account of the nodes.", absent: "the project's default"),
            SchemaKey(
                "workload_pool", .text(.free), "Workload identity pool of the cluster.",
                absent: "the project's id and `.svc.id.goog`"),
            terraform,
        ])

    private static let azure = SchemaKey.section(
        "azure", "Microsoft Azure.",
        [
            SchemaKey("subscription", .text(.free), "Subscription id."),
            SchemaKey("resource_group", .text(.free), "Resource group."),
            SchemaKey("region", .text(.dnsLabel), "Region.", example: "westeurope"),
            SchemaKey("cluster", .text(.free), "Name of the AKS cluster.", example: "production"),
            SchemaKey("zones", .list(.text(.free)), "Availability zones of the nodes.", absent: "none are chosen"),
            SchemaKey("subnet", .text(.free), "Id of the nodes' subnet.", absent: "the cluster's"),
            SchemaKey(
                "identity_client_id", .text(.uuid), "Client id of the pods' identity, which is known once it is made.",
                absent: "not known yet"),
            terraform,
        ])

    /// https://developer.hashicorp.com/terraform/language/backend
    private static let terraform = SchemaKey.section(
        "terraform", "Terraform's part.",
        [
            SchemaKey(
                "backend", .map(.map(.anything)),
                "Where the state is kept: one of `s3`, `gcs`, `azurerm`, `local`, `http`, and its settings.",
                absent: "a file beside the configuration")
        ])
}
