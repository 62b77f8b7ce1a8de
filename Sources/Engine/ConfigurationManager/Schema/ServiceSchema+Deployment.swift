extension ServiceSchema {
    static let deployment = SchemaKey.section(
        "deployment", "What runs, how often, and how it is replaced.",
        [
            SchemaKey("namespace", .text(.dnsLabel), "Namespace that the service's objects live in."),
            SchemaKey(
                "cluster_uid", .text(.uuid),
                "The only cluster that is deployed to, by the UID of its namespace `kube-system`; `doctor` prints it.",
                absent: "any cluster"),
            SchemaKey("image", .text(.image), "Container image; without a tag or digest, `version` is its tag."),
            SchemaKey("version", .text(.imageTag), "Version of the service."),
            SchemaKey(
                "image_pull_policy", .choice(["Always", "IfNotPresent", "Never"]), "When nodes pull the image anew."),
            SchemaKey(
                "image_pull_secrets", .list(.text(.dnsName)), "Secrets with the registry's credentials.", absent: "none"
            ),
            SchemaKey("replicas", .integer(0...10_000), "How many replicas run; where scaling is on, to begin with."),
            SchemaKey("labels", labels, "Labels on every object of the service."),
            SchemaKey("annotations", labels, "Annotations on every pod of the service.", absent: "none"),
            SchemaKey(
                "env", .list(.object(environmentVariable), entryKey: "name"),
                "Environment variables of the workload; layers merge by name.", absent: "none"),
            SchemaKey(
                "termination_grace_period", .duration,
                "How long a replica may finish its requests before it is killed."),
            SchemaKey("history_limit", .integer(1...100), "How many releases are kept to roll back to."),
            .section(
                "rollout", "How a new version replaces the old.",
                [
                    SchemaKey("max_surge", .countOrPercentage, "Replicas above the desired number during a rollout."),
                    SchemaKey(
                        "max_unavailable", .countOrPercentage, "Replicas below the desired number during a rollout."),
                    SchemaKey("progress_deadline", .duration, "When a rollout without progress counts as failed."),
                ]),
            .section(
                "disruption", "What maintenance may take away (PodDisruptionBudget).",
                [
                    SchemaKey("max_unavailable", .countOrPercentage, "Replicas that may be evicted at once.")
                ]),
            .section(
                "topology_spread", "How replicas spread over machines.",
                [
                    SchemaKey("enabled", .boolean, "Prefer different nodes for the replicas of a service."),
                    SchemaKey("zones", .boolean, "Prefer different zones, too."),
                ]),
        ])

    private static let environmentVariable = SchemaObject([
        SchemaKey("name", .text(.environmentName), "Name of the variable."),
        SchemaKey("value", .text(.free), "Its value."),
        SchemaKey(
            "secret",
            .object(
                SchemaObject([
                    SchemaKey("name", .text(.dnsName), "The Secret that holds the value."),
                    SchemaKey("key", .text(.free), "The key in the Secret."),
                ])), "Where the value is kept, instead of a value."),
    ])

    static let scheduling = SchemaKey.section(
        "scheduling", "Which nodes replicas may run on.",
        [
            SchemaKey("node_selector", labels, "Labels that a node must have.", absent: "any node"),
            SchemaKey("gpu_node_label", .text(.free), "Node label that names the GPU's type at this provider."),
            SchemaKey(
                "gpu_node_values", labels, "What the label says for a GPU type, where it is not the type itself.",
                absent: "the GPU's type"),
            SchemaKey(
                "tolerations", .list(.object(toleration)), "Taints of GPU nodes that replicas with a GPU tolerate.",
                absent: "none"),
            .section(
                "node_pool", "Nodes of the service's own, made at its cloud.",
                [
                    SchemaKey("enabled", .boolean, "Whether the service has nodes of its own."),
                    SchemaKey("name", .text(.free), "Name of the pool.", absent: "derived from the service's"),
                    SchemaKey(
                        "instance_types", .list(.text(.free)), "Machine types, the one that is liked best first.",
                        absent: "the smallest that a replica has room in"),
                    SchemaKey(
                        "min_nodes", .integer(0...10_000), "Fewest nodes.", absent: "what the fewest replicas need"),
                    SchemaKey(
                        "max_nodes", .integer(1...10_000), "Most nodes.",
                        absent: "what the most replicas and a rollout need"),
                    SchemaKey(
                        "spot", .boolean, "Whether nodes are spare capacity, which is cheap and may be taken away."),
                    SchemaKey(
                        "disk_size", .quantity(.bytes), "Disk of each node.",
                        absent: "50Gi, 100Gi with GPUs, and the replicas' scratch space"),
                ]),
            SchemaKey("priority_class", .text(.dnsName), "PriorityClass of the pods.", absent: "the cluster's default"),
            SchemaKey("runtime_class", .text(.dnsName), "RuntimeClass of the pods.", absent: "the cluster's default"),
        ])

    private static let toleration = SchemaObject([
        SchemaKey("key", .text(.free), "Key of the taint."),
        SchemaKey("operator", .choice(["Exists", "Equal"]), "Whether the value matters."),
        SchemaKey("value", .text(.free), "Value of the taint."),
        SchemaKey("effect", .choice(["NoSchedule", "PreferNoSchedule", "NoExecute"]), "Effect of the taint."),
    ])
}
