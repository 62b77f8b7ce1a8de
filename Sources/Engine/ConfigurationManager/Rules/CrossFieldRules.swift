package import Diagnostics
import Documents
import ResourceManager
import ServiceModel

/// Rules that hold between the merged values of a service. Each problem stands at the line that set the
/// value most likely to be wrong, and names the other one's.
struct CrossFieldRules {
    let settings: Node
    /// What the settings were merged from, lowest first: tells where a value that is missing was deleted.
    let layers: [Layer]
    /// What breaks the schema in some layer: rules that need it are left for when it is mended.
    private let invalid: [NodePath]
    let dataType: DataType
    let provider: ProviderKind
    let environment: DeploymentEnvironment
    let serviceName: ServiceName
    /// Where the service is declared: the place of what its name or its whole breaks.
    let declaration: SourceLocation
    var problems = DiagnosticCollector()

    init(
        settings: Node, layers: [Layer], of declaration: ServiceDeclaration
    ) {
        self.settings = settings
        self.layers = layers
        invalid = layers.flatMap(\.invalid)
        dataType = declaration.dataType
        provider = declaration.provider
        environment = declaration.environment
        serviceName = declaration.name
        self.declaration = declaration.location
    }

    mutating func check() {
        checkRequiredValues()
        checkGPU()
        checkLimits()
        checkReplicas()
        checkStorage()
        checkRollout()
        checkNetworking()
        checkEnvironmentVariables()
        checkTimes()
        checkNamespace()
        checkStandardLabels()
        checkMountPath()
        if provider == .local { checkLocal() }
        if provider.isKubernetes { checkKubernetes() }
        if provider.isCloud { checkCloud() }
    }

    private static let required: [(String, String)] = [
        ("deployment", "namespace"), ("deployment", "image"), ("deployment", "version"), ("deployment", "replicas"),
        ("deployment", "termination_grace_period"), ("resources", "cpu"), ("resources", "memory"),
        ("networking", "port"), ("health", "startup_timeout"),
    ]

    private mutating func checkRequiredValues() {
        for (section, key) in Self.required
        where settings.value(section, key) == nil && areValid("\(section).\(key)") {
            reportMissing(section, key)
        }
    }

    private mutating func reportMissing(_ section: String, _ key: String) {
        let deletion = ValueHistory(of: NodePath(keys: [section, key]), in: layers).deletion
        report(
            .missingValue, "`\(section).\(key)` has no value",
            at: deletion ?? settings[section]?.location ?? declaration,
            why: deletion == nil ? "no layer sets it" : "null deleted what the lower layers set",
            fix: "give it a value")
    }

    private mutating func checkGPU() {
        guard areValid("resources.gpu"), let gpu = settings.value("resources", "gpu") else { return }
        let count = gpu["count"]?.integer ?? (gpu["type"] == nil ? 0 : 1)
        guard let type = gpu["type"], let model = type.string else {
            if count > 0 {
                report(
                    .incomplete, "\(count) GPUs are asked for, of no type", at: gpu["count"]?.location,
                    fix: "add `resources.gpu.type`, for example `nvidia-tesla-t4`")
            }
            return
        }
        guard let sizes = GPUCatalogue.memory(of: model) else {
            problems.report(
                Diagnostic(
                    .warning, .unknownGPU, "the GPU `\(model)` is not in the catalogue", at: type.location,
                    why: "its memory cannot be checked",
                    fix: NearestName.find(model, among: GPUCatalogue.names).map { "did you mean `\($0)`?" }))
            return
        }
        guard let memory = gpu["memory"], let wanted = memory.string.flatMap(Quantity.init), let largest = sizes.max(),
            wanted > largest
        else { return }
        report(
            .gpuMemory, "\(wanted) of GPU memory do not fit `\(model)`, which has \(largest)",
            at: memory.location, fix: "lower `resources.gpu.memory`, or choose a larger GPU",
            notes: [.init("the GPU's type is set here", at: type.location)])
    }

    private mutating func checkLimits() {
        for key in ["cpu", "memory"] where areValid("resources.\(key)", "resources.limits.\(key)") {
            guard let limit = settings.value("resources", "limits", key),
                let most = limit.string.flatMap(Quantity.init),
                let request = settings.value("resources", key), let least = request.string.flatMap(Quantity.init),
                least > most
            else { continue }
            report(
                .limitBelowRequest,
                "`resources.limits.\(key)` (\(limit.plainText)) is less than `resources.\(key)` (\(request.plainText))",
                at: limit.location, why: "a replica cannot be promised more than it may use",
                fix: "raise the limit or lower the request", notes: [.init("requested here", at: request.location)])
        }
    }

    private mutating func checkReplicas() {
        guard
            areValid(
                "deployment.replicas", "scaling.enabled", "scaling.min_replicas", "scaling.max_replicas"),
            settings.value("scaling", "enabled")?.bool == true,
            let replicas = settings.value("deployment", "replicas"),
            let count = replicas.integer
        else { return }
        let minimum = settings.value("scaling", "min_replicas")
        let maximum = settings.value("scaling", "max_replicas")
        if let minimum, let least = minimum.integer, let maximum, let most = maximum.integer, least > most {
            report(
                .replicaRange, "`scaling.min_replicas` (\(least)) is more than `scaling.max_replicas` (\(most))",
                at: minimum.location, fix: "swap or change them",
                notes: [.init("the maximum is set here", at: maximum.location)])
        } else if let minimum, let least = minimum.integer, count < least {
            report(
                .replicaRange, "\(count) replicas are fewer than `scaling.min_replicas` (\(least))",
                at: replicas.location,
                why: "the autoscaler would add replicas at once",
                fix: "lower `scaling.min_replicas` or switch scaling off",
                notes: [.init("the minimum is set here", at: minimum.location)])
        } else if count == 0 {
            report(
                .replicaRange, "0 replicas are asked for while scaling is on", at: replicas.location,
                why: "the autoscaler keeps one replica at least",
                fix: "switch it off to stop the service: --set scaling.enabled=false",
                notes: [.init("scaling is switched on here", at: settings.value("scaling", "enabled")?.location)])
        } else if let maximum, let most = maximum.integer, count > most {
            report(
                .replicaRange, "\(count) replicas are more than `scaling.max_replicas` (\(most))",
                at: replicas.location,
                why: "the autoscaler would remove replicas at once",
                fix: "raise it too: --set scaling.max_replicas=\(count)",
                notes: [.init("the maximum is set here", at: maximum.location)])
        }
    }

    private mutating func checkStorage() {
        guard areValid("storage.enabled"), let storage = settings["storage"] else { return }
        let enabled = storage["enabled"]?.bool ?? false
        if !enabled {
            for key in ServiceSchema.needsVolume(storage) where areValid("storage.\(key)") && storage[key]?.bool == true
            {
                report(
                    .needsStorage, "`storage.\(key)` needs storage, which is switched off", at: storage[key]?.location,
                    fix: "set `storage.enabled: true` or `storage.\(key): false`",
                    notes: [.init("storage is switched off here", at: storage["enabled"]?.location)])
            }
            return
        }
        for key in ["size", "mount_path", "access_mode"]
        where storage[key] == nil && areValid("storage.\(key)") {
            reportMissing("storage", key)
        }
        checkSharedClass(storage)
        guard areValid("storage.access_mode", "deployment.replicas") else { return }
        let single = storage["access_mode"]?.string.map { $0 != "ReadWriteMany" } ?? false
        let replicas = settings.value("deployment", "replicas")
        if single, provider.isKubernetes, let count = replicas?.integer, count > 1 {
            problems.report(
                Diagnostic(
                    .warning, .sharedVolume, "\(count) replicas share a volume that only one node may mount",
                    at: storage["access_mode"]?.location,
                    why: "replicas on other nodes would wait for the volume for ever",
                    fix: "use ReadWriteMany, or one replica",
                    notes: [.init("replicas are set here", at: replicas?.location)]))
        }
    }

    private mutating func checkRollout() {
        guard areValid("deployment.rollout"), let rollout = settings.value("deployment", "rollout"),
            Self.isZero(rollout["max_surge"]),
            Self.isZero(rollout["max_unavailable"])
        else { return }
        report(
            .stuckRollout, "`max_surge` and `max_unavailable` are both zero", at: rollout["max_surge"]?.location,
            why: "no replica could ever be replaced", fix: "allow one of them",
            notes: [.init("the other one", at: rollout["max_unavailable"]?.location)])
    }

    private static func isZero(_ node: Node?) -> Bool {
        node?.integer == 0
    }

    private mutating func checkNetworking() {
        guard areValid("networking.ingress.enabled", "networking.ingress.host", "networking.ingress.domain"),
            let ingress = settings.value("networking", "ingress"), ingress["enabled"]?.bool == true
        else { return }
        if ingress["host"] == nil, ingress["domain"] == nil {
            report(
                .missingValue, "the ingress has neither `host` nor `domain`", at: ingress.location,
                fix: "add `networking.ingress.host`, or switch the ingress off")
        }
    }

    /// What every provider sets for the workload, with the key that decides it.
    private static let reservedVariables = [
        "PORT": "networking.port", "SYNTHDATA_CONFIG": "specific", "SYNTHDATA_DATA_DIR": "storage.mount_path",
    ]

    private mutating func checkEnvironmentVariables() {
        guard areValid("deployment.env") else { return }
        for variable in settings.value("deployment", "env")?.sequence ?? [] {
            if let name = variable["name"], let key = name.string.flatMap({ Self.reservedVariables[$0] }) {
                report(
                    .environmentVariable, "the variable `\(name.plainText)` is set by the deployment itself",
                    at: name.location, fix: "set `\(key)` instead")
            }
            guard (variable["value"] == nil) == (variable["secret"] == nil) else { continue }
            report(
                .environmentVariable,
                "the variable `\(variable["name"]?.string ?? "")` needs either `value` or `secret`",
                at: variable.location, fix: "give it one of the two")
        }
    }

    /// Times between two questions, and times to wait for an answer, that cannot be nothing.
    private mutating func checkTimes() {
        for path in [
            ["health", "readiness", "period"], ["health", "readiness", "timeout"], ["health", "liveness", "period"],
            ["health", "liveness", "timeout"], ["health", "startup_timeout"],
            ["deployment", "rollout", "progress_deadline"],
        ] {
            let path = NodePath(keys: path)
            guard areValid("\(path)"), let value = settings[path],
                value.string.flatMap(TimeSpan.init)?.milliseconds == 0
            else { continue }
            report(.zeroTime, "`\(path)` cannot be zero", at: value.location, fix: "write for example `5s`")
        }
    }

    /// Replicas that one machine is asked to run.
    private static let mostLocalReplicas = 1000

    private mutating func checkLocal() {
        for variable in settings.value("deployment", "env")?.sequence ?? [] where areValid("deployment.env") {
            guard let secret = variable["secret"] else { continue }
            report(
                .noSecrets,
                "the variable `\(variable["name"]?.string ?? "")` is kept in a Secret, which this machine has not",
                at: secret.location, why: "Secrets are Kubernetes objects; the variable would be empty",
                fix: "give it a `value` in a layer of your own, such as providers/local.yaml")
        }
        for secret in settings.value("security", "secrets")?.sequence ?? []
        where areValid("security.secrets") && secret["optional"]?.bool != true {
            report(
                .noSecrets, "the Secret `\(secret["name"]?.string ?? "")` is required, which this machine has not",
                at: secret.location, why: "Secrets are Kubernetes objects",
                fix: "add `optional: true`, or delete it for local: `security: {secrets: null}`")
        }
        if let replicas = settings.value("deployment", "replicas"), let count = replicas.integer,
            count > Self.mostLocalReplicas, areValid("deployment.replicas")
        {
            report(
                .replicaRange, "\(count) replicas are more than one machine is asked to run", at: replicas.location,
                why: "the local provider runs \(Self.mostLocalReplicas) at most", fix: "ask for fewer")
        }
        if areValid("workload.command"), settings.value("workload", "command")?.sequence?.isEmpty ?? true {
            report(
                .missingValue, "the local provider has no program to run",
                at: (settings.value("workload", "command") ?? settings["workload"])?.location ?? declaration,
                why: "it runs processes, not images", fix: "set `workload.command`, for example `[python3, service.py]`"
            )
        }
    }

    /// Whether nothing is wrong at, above or below any of these.
    func areValid(_ paths: String...) -> Bool {
        invalid.isEmpty
            || paths.allSatisfy { text in
                let path = NodePath(keys: text.split(separator: ".").map(String.init))
                return !invalid.contains { $0.meets(path) }
            }
    }

    mutating func report(
        _ code: Diagnostic.Code, _ what: String, at location: SourceLocation?, why: String? = nil, fix: String,
        notes: [Diagnostic.Note] = []
    ) {
        problems.report(Diagnostic(.error, code, what, at: location, why: why, fix: fix, notes: notes))
    }
}

extension Diagnostic.Code {
    package static let missingValue = Self("config.missing-value")
    package static let incomplete = Self("config.incomplete")
    package static let unknownGPU = Self("config.unknown-gpu")
    package static let gpuMemory = Self("config.gpu-memory")
    package static let limitBelowRequest = Self("config.limit-below-request")
    package static let replicaRange = Self("config.replica-range")
    package static let needsStorage = Self("config.needs-storage")
    package static let sharedVolume = Self("config.shared-volume")
    package static let stuckRollout = Self("config.stuck-rollout")
    package static let zeroTime = Self("config.zero-time")
    package static let noSecrets = Self("config.no-secrets")
    package static let environmentVariable = Self("config.environment-variable")
}
