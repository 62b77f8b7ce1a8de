import Documents

extension ServiceSchema {
    static let resources = SchemaKey.section(
        "resources", "What each replica is granted.",
        [
            SchemaKey("cpu", .quantity(.cpu), "CPU that each replica is promised."),
            SchemaKey("memory", .quantity(.bytes), "Memory that each replica is promised, and its limit unless set."),
            SchemaKey(
                "ephemeral_storage", .quantity(.bytes), "Scratch space that each replica is promised.", absent: "none"),
            .section(
                "limits", "What a replica may not exceed.",
                [
                    SchemaKey("cpu", .quantity(.cpu), "CPU above which a replica is throttled.", absent: "no limit"),
                    SchemaKey(
                        "memory", .quantity(.bytes), "Memory above which a replica is killed.",
                        absent: "`resources.memory`"),
                ]),
            .section(
                "gpu", "GPUs of each replica.",
                [
                    SchemaKey("type", .text(.dnsLabel), "Model of the GPU, such as `nvidia-tesla-t4`."),
                    SchemaKey("count", .integer(0...64), "How many GPUs.", absent: "1 where a type is given, else 0"),
                    SchemaKey("memory", .quantity(.bytes), "Memory that one GPU must have."),
                ]),
        ])

    /// The keys of `storage` that mean nothing without a volume; a CDN serves a bucket, too.
    static func needsVolume(_ storage: Node?) -> [String] {
        storage?.value("bucket", "enabled")?.bool == true ? ["backup_enabled"] : ["cdn_enabled", "backup_enabled"]
    }

    static let storage = SchemaKey.section(
        "storage", "Where the service keeps its data and models.",
        [
            SchemaKey("enabled", .boolean, "Whether the service has a volume."),
            SchemaKey(
                "type", .choice(["standard", "high-performance", "ultra-high-performance"]),
                "Class of performance; clouds choose disks by it."),
            SchemaKey("size", .quantity(.bytes), "Size of the volume."),
            SchemaKey("storage_class", .text(.dnsName), "StorageClass of the volume."),
            SchemaKey(
                "access_mode", .choice(["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"]),
                "How many nodes may mount the volume at once."),
            SchemaKey("mount_path", .text(.absolutePath), "Where replicas see the volume."),
            SchemaKey("backup_enabled", .boolean, "Whether the volume is labelled for backup."),
            SchemaKey("compression", .text(.dnsLabel), "How stored data is compressed.", absent: "not compressed"),
            SchemaKey("cdn_enabled", .boolean, "Whether stored results are served through a CDN."),
            .section(
                "bucket", "A bucket of the cloud for the service's data and models; at Azure a storage account.",
                [
                    SchemaKey("enabled", .boolean, "Whether the service has a bucket."),
                    SchemaKey(
                        "name", .text(.free), "Name of the bucket.",
                        absent: "derived from account, region, cluster and service"),
                    SchemaKey("versioning", .boolean, "Whether older versions of objects are kept."),
                    SchemaKey(
                        "expire_noncurrent_after", .duration, "When older versions are deleted; whole days.",
                        absent: "never", example: "30d"),
                    SchemaKey(
                        "encryption_key", .text(.free),
                        "Key of AWS KMS or Google's Cloud KMS that encrypts the objects.",
                        absent: "the cloud's own key"),
                ]),
        ])

    static let networking = SchemaKey.section(
        "networking", "How the service is reached.",
        [
            SchemaKey("port", port, "Port that the workload listens on."),
            SchemaKey("service_type", .choice(["ClusterIP", "NodePort", "LoadBalancer"]), "Type of the Service."),
            SchemaKey("bandwidth", .bandwidth, "Network bandwidth of each replica.", absent: "not limited"),
            .section(
                "ingress", "How the service is reached from outside the cluster.",
                [
                    SchemaKey("enabled", .boolean, "Whether there is an Ingress."),
                    SchemaKey("host", .text(.dnsName), "Host name.", absent: "the service's name in `domain`"),
                    SchemaKey("domain", .text(.dnsName), "Domain in which services without a `host` are named."),
                    SchemaKey("class", .text(.dnsName), "IngressClass.", absent: "the cluster's default"),
                    SchemaKey("path", .text(.httpPath), "Prefix of the paths that lead to the service."),
                    SchemaKey("tls", .boolean, "Whether the host is served with TLS."),
                    SchemaKey(
                        "tls_secret", .text(.dnsName), "Secret with the certificate.",
                        absent: "the service's name and `-tls`"),
                    SchemaKey("annotations", labels, "Annotations of the Ingress.", absent: "none"),
                    SchemaKey(
                        "controller_namespaces", .list(.text(.dnsLabel)),
                        "Namespaces that the ingress controller's pods run in; they may reach the service.",
                        absent: "none"),
                    SchemaKey(
                        "controller_addresses", .list(.text(.addressRange)),
                        "Addresses that a load balancer outside the cluster sends from; they may reach the service.",
                        absent: "none"),
                ]),
        ])

    static let scaling = SchemaKey.section(
        "scaling", "When replicas are added and removed (HorizontalPodAutoscaler).",
        [
            SchemaKey("enabled", .boolean, "Whether the number of replicas follows the load."),
            SchemaKey("min_replicas", .integer(1...10_000), "Fewest replicas.", absent: "`deployment.replicas`"),
            SchemaKey("max_replicas", .integer(1...10_000), "Most replicas."),
            SchemaKey("target_cpu", .percentage, "CPU use that scaling aims at.", absent: "CPU is not considered"),
            SchemaKey(
                "target_memory", .percentage, "Memory use that scaling aims at.", absent: "memory is not considered"),
            SchemaKey("target_gpu", .percentage, "GPU use that scaling aims at.", absent: "GPU is not considered"),
            SchemaKey("scale_up_stabilization", .duration, "How long load must last before replicas are added."),
            SchemaKey("scale_down_stabilization", .duration, "How long calm must last before replicas are removed."),
        ])
}
