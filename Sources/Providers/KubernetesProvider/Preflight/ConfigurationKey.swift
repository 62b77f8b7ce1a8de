/// The key of the configuration that sets how much of a resource a replica gets.
enum ConfigurationKey {
    /// - Parameter isLimit: of the bound, and not of what is promised.
    static func of(_ resource: String, isLimit: Bool) -> String {
        switch resource {
        case "cpu", "memory": isLimit ? "resources.limits.\(resource)" : "resources.\(resource)"
        case "ephemeral-storage": isLimit ? "a limit of ephemeral-storage in a template" : "resources.ephemeral_storage"
        case "nvidia.com/gpu": "resources.gpu.count"
        case "storage": "storage.size"
        default: "\(resource) in a template"
        }
    }
}
