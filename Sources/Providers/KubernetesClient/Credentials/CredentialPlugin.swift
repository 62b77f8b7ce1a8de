import Diagnostics
import Documents

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

    /// - Throws: ``Diagnostic`` at the field that is missing or unknown.
    init(_ exec: Node, user: String, folder: String) throws(Diagnostic) {
        func problem(_ what: String, _ node: Node?, fix: String) -> Diagnostic {
            Diagnostic(
                .error, .kubeconfig, "\(what) of the user `\(user)`", at: node?.location ?? exec.location, fix: fix)
        }
        guard let version = exec["apiVersion"]?.string, Self.versions.contains(version) else {
            throw problem(
                "`exec.apiVersion` \(exec["apiVersion"]?.string.map { "`\($0)`" } ?? "is missing and so")"
                    + " is not known, in the entry", exec["apiVersion"],
                fix: "write \(Self.versions.joined(separator: " or ")); an older plugin needs an update")
        }
        guard let command = exec["command"]?.string, !command.isEmpty else {
            throw problem("`exec` has no `command`, in the entry", exec["command"], fix: "name the plugin's program")
        }
        let mode = exec["interactiveMode"]?.string
        guard let interactiveMode = InteractiveMode(rawValue: mode ?? InteractiveMode.ifAvailable.rawValue) else {
            throw problem(
                "`exec.interactiveMode` is not known, in the entry", exec["interactiveMode"],
                fix: "write Never, IfAvailable or Always")
        }
        apiVersion = version
        self.command = command
        arguments = (exec["args"]?.sequence ?? []).compactMap(\.string)
        environment = (exec["env"]?.sequence ?? []).compactMap { variable in
            guard let name = variable["name"]?.string, let value = variable["value"]?.string else { return nil }
            return (name, Redacted(value))
        }
        installHint = exec["installHint"]?.string
        providesClusterInformation = exec["provideClusterInfo"]?.bool == true
        self.interactiveMode = interactiveMode
        self.folder = folder
        self.user = user
        location = exec["command"]?.location ?? exec.location
    }

    /// The program's file, or its name to be looked for in `PATH`.
    var program: String {
        !command.contains("/") || command.hasPrefix("/") ? command : "\(folder)/\(command)"
    }
}
