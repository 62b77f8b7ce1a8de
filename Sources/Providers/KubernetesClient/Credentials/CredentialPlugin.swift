import Diagnostics

/// A program that a kubeconfig names to get a credential, as kubectl runs it.
///
/// Protocol: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
package struct CredentialPlugin: Sendable {
    /// Whether the plugin may ask the person at the terminal.
    enum InteractiveMode: String {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        case always = "Always"
    }

    static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    let apiVersion: String
    /// As it was written; a path that starts neither at `/` nor in `PATH` starts at ``folder``.
    let command: String
    let arguments: [String]
    let environment: [(name: String, value: Redacted<String>)]
    let installHint: String?
    let providesClusterInformation: Bool
    let interactiveMode: InteractiveMode
    /// Of the kubeconfig file.
    let folder: String
    /// The user's entry that names it.
    let user: String
    let location: SourceLocation

    /// - Throws: ``Diagnostic`` at the field that is missing, malformed or unknown.
    init(_ exec: KubeconfigFields, user: String, folder: String) throws(Diagnostic) {
        func problem(_ what: String, _ key: String, fix: String) -> Diagnostic {
            Diagnostic(
                .error, .kubeconfig, "`\(key)` of \(exec.owner) \(what)", at: exec.location(key), fix: fix)
        }
        let version = try exec.text("apiVersion")
        guard let version, Self.versions.contains(version) else {
            throw problem(
                version.map { "is not known: `\($0)`" } ?? "is missing", "apiVersion",
                fix: "write \(Self.versions.joined(separator: " or ")); an older plugin needs an update")
        }
        guard let command = try exec.text("command") else {
            throw problem("is missing", "command", fix: "name the plugin's program")
        }
        // Version 1 wants it to be said; before, there was a default.
        let mode = try exec.text("interactiveMode") ?? (version == Self.versions[0] ? nil : "IfAvailable")
        guard let interactiveMode = mode.flatMap(InteractiveMode.init) else {
            throw problem(
                mode.map { "is not known: `\($0)`" } ?? "is missing", "interactiveMode",
                fix: "write Never, IfAvailable or Always")
        }
        var environment: [(name: String, value: Redacted<String>)] = []
        for variable in try exec.entries("env") {
            guard let name = try variable.text("name") else {
                throw problem("has an entry without `name`", "env", fix: "write `name` and `value`")
            }
            environment.append((name, Redacted(try variable.text("value") ?? "")))
        }
        apiVersion = version
        self.command = command
        arguments = try exec.texts("args")
        self.environment = environment
        installHint = try exec.text("installHint")
        providesClusterInformation = try exec.flag("provideClusterInfo")
        self.interactiveMode = interactiveMode
        self.folder = folder
        self.user = user
        location = exec.location("command")
    }

    /// The program's file, or its name to be looked for in `PATH`.
    var program: String {
        !command.contains("/") || command.hasPrefix("/") ? command : "\(folder)/\(command)"
    }
}
