import ConfigurationManager
import Diagnostics
import Documents
import ResourceManager
import ServiceModel

/// What a Terraform configuration cannot be written without, although manifests can.
struct TerraformDemands {
    private let spec: DeploymentSpec

    init(_ spec: DeploymentSpec) {
        self.spec = spec
    }

    /// - Throws: ``DiagnosticReport`` with all that is missing.
    func check() throws {
        guard spec.provider.isCloud else {
            throw Diagnostic(
                .error, .terraformProvider, "`\(spec.provider.rawValue)` has no resources that Terraform could make",
                why: "the service's objects there are all the cluster's or this machine's",
                fix: "choose --provider aws, gcp or azure, or render manifests")
        }
        var problems = DiagnosticCollector()
        let provider = spec.provider.rawValue
        for key in required where spec.settings.value("providers", provider, key) == nil {
            problems.report(
                Diagnostic(
                    .error, .missingValue, "`providers.\(provider).\(key)` has no value",
                    at: spec.settings.value("providers", provider)?.location,
                    why: "the resources belong to a cluster, and are named by it",
                    fix: "set it in providers/\(provider).yaml, or with --set providers.\(provider).\(key)=…"))
        }
        if let pool = NodePool(spec), case .failure(let missing) = pool.choice {
            problems.report(
                Diagnostic(
                    .error, .noInstanceType, "the node pool cannot be made: no machine type is known for it",
                    at: spec.settings.value("resources")?.location, why: missing.why,
                    fix: "name some in `scheduling.node_pool.instance_types`, or ask for less in `resources`"))
        }
        checkBackend(&problems)
        try problems.throwIfErrors()
    }

    // MARK: State

    private static let backends = ["s3", "gcs", "azurerm", "local", "http"]

    /// Settings of the backends that are secrets; each can be given in the environment, or to `terraform init`.
    /// https://developer.hashicorp.com/terraform/language/backend#credentials-and-sensitive-data
    private static let secrets = [
        "access_key", "secret_key", "token", "sse_customer_key", "credentials", "access_token", "encryption_key",
        "sas_token", "client_secret", "client_certificate_password", "oidc_token", "oidc_request_token", "password",
        "client_private_key_pem",
    ]

    private func checkBackend(_ problems: inout DiagnosticCollector) {
        let provider = spec.provider.rawValue
        let backends = spec.settings.value("providers", provider, "terraform", "backend")?.mapping?.entries ?? []
        for entry in backends where !Self.backends.contains(entry.key) || backends.count > 1 {
            problems.report(
                Diagnostic(
                    .error, .terraformBackend, "`\(entry.key)` cannot be the backend", at: entry.keyLocation,
                    why: "state is kept in one place: \(Self.backends.joined(separator: ", "))",
                    fix: "name one of them, with its settings below it"))
        }
        for setting in backends.flatMap({ $0.value.mapping?.entries ?? [] })
        where Self.secrets.contains(setting.key) || SecretRedaction.hides(name: "", value: setting.value) {
            problems.report(
                Diagnostic(
                    .error, .terraformSecret, "`\(setting.key)` of the backend is a secret", at: setting.keyLocation,
                    why: "what is rendered is kept and shown, as in version control",
                    fix: "remove it, and give it in the environment, or with `terraform init -backend-config`"))
        }
    }

    private var required: [String] {
        switch spec.provider {
        case .gcp: ["project", "region", "cluster"]
        case .azure: ["subscription", "resource_group", "region", "cluster"]
        default: ["region", "cluster"]
        }
    }
}

extension Diagnostic.Code {
    static let terraformProvider = Self("terraform.provider")
    static let terraformBackend = Self("terraform.backend")
    static let terraformSecret = Self("terraform.secret")
}
