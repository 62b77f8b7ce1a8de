extension ServiceSchema {
    static let health = SchemaKey.section(
        "health", "How a replica shows that it works.",
        [
            .section("readiness", "Whether a replica may be sent requests.", probe),
            .section("liveness", "Whether a replica must be restarted.", probe),
            SchemaKey("startup_timeout", .duration, "How long a replica may take to become ready for the first time."),
        ])

    private static let probe = [
        SchemaKey("path", .text(.httpPath), "Path that answers 200 when it is so."),
        SchemaKey("period", .duration, "Time between two questions."),
        SchemaKey("timeout", .duration, "How long an answer may take."),
        SchemaKey("failure_threshold", .integer(1...100), "Bad answers in a row that count."),
    ]

    static let monitoring = SchemaKey.section(
        "monitoring", "What is measured, shown and alerted on.",
        [
            .section(
                "prometheus", "Collection of metrics.",
                [
                    SchemaKey("enabled", .boolean, "Whether Prometheus scrapes the service."),
                    SchemaKey(
                        "url", .text(.httpURL), "Prometheus to ask for throughput and use.",
                        absent: "the replicas are asked"),
                    SchemaKey("retention", .duration, "How long metrics are kept.", example: "15d"),
                    SchemaKey("scrape_interval", .duration, "Time between two scrapes."),
                    SchemaKey("path", .text(.httpPath), "Path of the metrics."),
                    SchemaKey(
                        "namespace", .text(.dnsLabel), "Namespace that Prometheus runs in; it may reach the service.",
                        absent: "none"),
                ]),
            .section(
                "grafana", "Dashboards.",
                [
                    SchemaKey("enabled", .boolean, "Whether the service gets a dashboard."),
                    SchemaKey(
                        "url", .text(.httpURL), "Grafana that shows it.", absent: "none is linked",
                        example: "https://grafana.example.com"),
                ]),
            .section(
                "alerts", "Alerts.",
                [
                    SchemaKey("enabled", .boolean, "Whether alerts are raised."),
                    SchemaKey("channels", .list(.text(.dnsLabel)), "Where alerts are sent."),
                    SchemaKey(
                        "groups", .list(.object(ruleGroup), entryKey: "name"),
                        "Groups of alerting rules, in Prometheus' own form; layers merge by name.", absent: "none"),
                ]),
            SchemaKey(
                "log_retention", .duration, "How long AWS or Google Cloud keep the service's logs; whole days.",
                absent: "not managed", example: "30d"),
            SchemaKey(
                "metrics", .map(.list(.object(metric), entryKey: "name")),
                "Metrics that the service exports, by group.", absent: "the data type's"),
        ])

    /// https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
    private static let ruleGroup = SchemaObject([
        SchemaKey("name", .text(.free), "Name of the group."),
        SchemaKey("interval", .duration, "Time between two evaluations.", absent: "Prometheus' own"),
        SchemaKey("rules", .list(.object(rule)), "The rules."),
    ])

    private static let rule = SchemaObject([
        SchemaKey("alert", .text(.free), "Name of the alert."),
        SchemaKey("expr", .text(.free), "PromQL expression that raises it."),
        SchemaKey("for", .duration, "How long it must hold.", absent: "at once"),
        SchemaKey("labels", labels, "Labels of the alert.", absent: "none"),
        SchemaKey("annotations", labels, "Texts of the alert.", absent: "none"),
    ])

    private static let metric = SchemaObject([
        SchemaKey("name", .text(.free), "Name of the metric."),
        SchemaKey("type", .choice(["counter", "gauge", "histogram", "summary"]), "Its Prometheus type."),
        SchemaKey("help", .text(.free), "What it measures."),
        SchemaKey("labels", .list(.text(.free)), "Names of its labels.", absent: "none"),
        SchemaKey("buckets", .list(.number(0...1e12)), "Upper bounds of a histogram's buckets.", absent: "none"),
    ])

    static let security = SchemaKey.section(
        "security", "What the service may do and who may reach it.",
        [
            .section(
                "rbac", "Rights in the cluster.",
                [SchemaKey("enabled", .boolean, "Whether the service has its own Role with nothing but what it needs.")]
            ),
            .section(
                "network_policies", "Traffic.",
                [
                    SchemaKey("enabled", .boolean, "Whether traffic is restricted to what the service needs."),
                    SchemaKey(
                        "allow_from_namespaces", .list(.text(.dnsLabel)),
                        "Namespaces that may reach the service, besides its own and the ingress controller's.",
                        absent: "none"),
                ]),
            .section(
                "pod_security", "Restrictions on the pods (Pod Security Standards, restricted).",
                [
                    SchemaKey("enabled", .boolean, "Whether pods run as another user than root, without privileges."),
                    SchemaKey("run_as_user", .integer(1...4_294_967_294), "User id of the workload."),
                    SchemaKey("read_only_root", .boolean, "Whether the container's own file system is read-only."),
                ]),
            SchemaKey(
                "secrets", .list(.object(secret), entryKey: "name"),
                "Secrets mounted below `/var/run/secrets/synthdata`; layers merge by name.", absent: "none"),
            .section(
                "cloud_identity", "What the service's pods are at their cloud.",
                [
                    SchemaKey(
                        "enabled", .boolean,
                        "Whether they have an identity of their own, which may use the service's bucket and secrets.")
                ]),
            SchemaKey(
                "cloud_secrets", .list(.object(cloudSecret), entryKey: "name"),
                "Secrets of the cloud's own store that the identity may read; layers merge by name.", absent: "none"),
        ])

    private static let cloudSecret = SchemaObject([
        SchemaKey("name", .text(.dnsName), "What the service knows it by."),
        SchemaKey(
            "reference", .text(.free),
            "The secret: AWS Secrets Manager's name or ARN, Google's secret id, the resource id of one in Azure's Key Vault."
        ),
    ])

    private static let secret = SchemaObject([
        SchemaKey("name", .text(.dnsName), "Name of the Secret."),
        SchemaKey("optional", .boolean, "Whether the service starts without it.", absent: "false"),
    ])

    static let workload = SchemaKey.section(
        "workload", "The program that does the work.",
        [
            SchemaKey(
                "command", .list(.text(.argument)),
                "Program and arguments; `synthdata-infra` is this tool's own reference workload.",
                absent: "the image's own"),
            SchemaKey("rate", .rate, "Records generated in the background, all the time, by each replica."),
            SchemaKey("seed", .integer(0...Int.max), "Seed of the generators."),
            SchemaKey("sample", .text(.free), "File with sample records to learn from.", absent: "a built-in sample"),
            .section(
                "faults", "Faults of the reference workload, to rehearse failures.",
                [
                    SchemaKey("exit_after", .duration, "Exit after this time.", absent: "never"),
                    SchemaKey("exit_code", .integer(0...255), "Exit code then.", absent: "1"),
                    SchemaKey("never_ready", .boolean, "Never become ready.", absent: "false"),
                    SchemaKey("ready_after", .duration, "Become ready after this time.", absent: "at once"),
                    SchemaKey("ignore_sigterm", .boolean, "Ignore the request to end.", absent: "false"),
                    SchemaKey("error_rate", .number(0...1), "Share of requests that fail.", absent: "0"),
                    SchemaKey("latency", .duration, "Delay of every answer.", absent: "none"),
                ]),
        ])

    static let defaults = SchemaKey.section(
        "defaults", "What is meant when a service does not say. Read from the project's `base.yaml` only.",
        [
            SchemaKey("provider", .choice(["local", "onprem", "aws", "gcp", "azure"]), "Provider.", absent: "local"),
            SchemaKey(
                "environment", .choice(["development", "staging", "production"]), "Environment.",
                absent: "development on the local provider, production elsewhere"),
        ])
}
