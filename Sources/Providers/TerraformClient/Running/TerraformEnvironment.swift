import Diagnostics

/// The variables that Terraform runs with: those of this process, without what would have it do something else than it
/// is told, and with the keys of the cloud, which stand nowhere but here.
struct TerraformEnvironment: Sendable {
    /// Variables of the child alone; nil takes one away.
    typealias Keys = [String: Redacted<String>?]

    /// https://developer.hashicorp.com/terraform/cli/config/environment-variables
    private static let removed = ["TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_INPUT", "TF_LOG"]

    private let base: [String: String]

    /// - Parameters:
    ///   - base: of this process.
    ///   - plugins: where providers are kept for all services, unless the user has a folder for that.
    init(_ base: [String: String], plugins: String) {
        var variables = base.filter { name, _ in !Self.removed.contains { name.hasPrefix($0) } }
        variables["TF_IN_AUTOMATION"] = "1"
        variables["CHECKPOINT_DISABLE"] = "1"
        if variables["TF_PLUGIN_CACHE_DIR", default: ""].isEmpty { variables["TF_PLUGIN_CACHE_DIR"] = plugins }
        self.base = variables
    }

    var plugins: String { base["TF_PLUGIN_CACHE_DIR"] ?? "" }

    func variables(_ keys: Keys) -> [String: String] {
        var variables = base
        for (name, value) in keys { variables[name] = value?.secret }
        return variables
    }
}
