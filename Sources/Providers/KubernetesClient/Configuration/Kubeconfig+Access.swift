package import Diagnostics
import Documents
import FoundationEssentials

extension Kubeconfig {
    /// What a context comes to.
    ///
    /// - Parameter name: of the flag `--context`; nil means the current one.
    /// - Throws: ``Diagnostic`` when there is no such context, cluster or user, with the nearest name;
    ///   ``DiagnosticReport`` with everything that is wrong in them.
    package func access(context name: String?) throws -> ClusterAccess {
        let context = try chosenContext(name)
        guard let clusterName = context.value["cluster"]?.string, !clusterName.isEmpty else {
            throw Diagnostic(
                .error, .kubeconfig, "the context `\(context.name)` names no cluster", at: context.value.location,
                fix: "`kubectl config set-context \(context.name) --cluster NAME`")
        }
        let cluster = try named(.cluster, clusterName, by: context)
        let user = try context.value["user"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            .map { try named(.user, $0, by: context) }

        var problems = DiagnosticCollector()
        let server = problems.gather { try cluster.server() }
        let trust = problems.gather { try cluster.trust() }
        let certificate = problems.gather { try user?.clientCertificate() }
        let credential = problems.gather { try user?.credential() ?? .none }
        try problems.throwIfErrors()
        return ClusterAccess(
            context: context.name, server: server ?? "", namespace: context.value["namespace"]?.text,
            trust: trust ?? ServerTrust(authorities: nil, serverName: nil, isSkipped: false),
            clientCertificate: certificate ?? nil, credential: credential ?? .none,
            impersonation: user?.impersonation, proxy: cluster.value["proxy-url"]?.text,
            location: cluster.value["server"]?.location ?? cluster.value.location,
            clusterInformation: cluster.information(server: server ?? "", authorities: trust?.authorities))
    }

    private func chosenContext(_ name: String?) throws(Diagnostic) -> Entry {
        if let name {
            if let entry = entry(.context, name) { return entry }
            throw missing(.context, name, at: SourceLocation(file: SourceFile("--context")))
        }
        guard let current = currentContext, let name = current.string else {
            throw Diagnostic(
                .error, .noContext, "no Kubernetes context is chosen",
                why: files.isEmpty
                    ? "there is no kubeconfig file" : "\(files.joined(separator: ", ")) set no `current-context`",
                fix: contextNames.isEmpty
                    ? "name a kubeconfig file with --kubeconfig or KUBECONFIG"
                    : "choose one with --context: \(contextNames.joined(separator: ", "))")
        }
        if let entry = entry(.context, name) { return entry }
        throw missing(.context, name, at: current.location)
    }

    private func named(_ list: List, _ name: String, by context: Entry) throws(Diagnostic) -> Entry {
        if let entry = entry(list, name) { return entry }
        throw missing(list, name, at: context.value[list.rawValue]?.location)
    }

    private func missing(_ list: List, _ name: String, at location: SourceLocation?) -> Diagnostic {
        let known = entries(list).map(\.name)
        let near = NearestName.find(name, among: known).map { "did you mean `\($0)`?" }
        return Diagnostic(
            .error, .noContext, "there is no \(list.rawValue) `\(name)`", at: location,
            why: files.isEmpty
                ? "there is no kubeconfig file"
                : "\(files.joined(separator: ", ")): \(known.isEmpty ? "none" : known.joined(separator: ", "))",
            fix: near ?? "`kubectl config get-contexts` lists what there is")
    }
}

extension Kubeconfig.Entry {
    /// The server's URL without a slash at the end.
    fileprivate func server() throws(Diagnostic) -> String {
        guard var text = value["server"]?.text else {
            throw Diagnostic(
                .error, .kubeconfig, "the cluster `\(name)` has no `server`", at: value.location,
                fix: "`kubectl config set-cluster \(name) --server https://HOST:PORT`")
        }
        if !text.contains("://") { text = "https://\(text)" }
        guard let url = URLComponents(string: text), let scheme = url.scheme, ["https", "http"].contains(scheme),
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil
        else {
            throw Diagnostic(
                .error, .kubeconfig, "`server` of the cluster `\(name)` is not an address",
                at: value["server"]?.location, fix: "write for example https://10.0.0.1:6443")
        }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    fileprivate func trust() throws(Diagnostic) -> ServerTrust {
        let isSkipped = value["insecure-skip-tls-verify"]?.bool == true
        let authorities = try bytes("certificate-authority")
        if isSkipped, authorities != nil {
            throw Diagnostic(
                .error, .kubeconfig, "the cluster `\(name)` has an authority and is not to be verified",
                at: value["insecure-skip-tls-verify"]?.location,
                why: "kubectl refuses both together, too", fix: "remove insecure-skip-tls-verify")
        }
        return ServerTrust(
            authorities: authorities, serverName: value["tls-server-name"]?.text, isSkipped: isSkipped)
    }

    fileprivate func clientCertificate() throws(Diagnostic) -> ClientCertificate? {
        let certificate = try bytes("client-certificate")
        let key = try bytes("client-key")
        switch (certificate, key) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            return ClientCertificate(certificate: certificate, key: Redacted(key))
        default:
            throw Diagnostic(
                .error, .kubeconfig,
                "the user `\(name)` has a client \(key == nil ? "certificate without its key" : "key without its certificate")",
                at: value.location, fix: "give both client-certificate and client-key (or their `-data`)")
        }
    }

    fileprivate func credential() throws(Diagnostic) -> CredentialSource {
        let token = value["token"]?.text.map(Redacted.init)
        if let file = value["tokenFile"]?.text { return .tokenFile(path: path(file), fallback: token) }
        if let token { return .token(token) }
        if let user = value["username"]?.text {
            return .basic(user: user, password: Redacted(value["password"]?.string ?? ""))
        }
        if let exec = value["exec"], !exec.isNull {
            return .plugin(try CredentialPlugin(exec, user: name, folder: folder))
        }
        if let provider = value["auth-provider"], !provider.isNull {
            throw Diagnostic(
                .error, .kubeconfig,
                "the user `\(name)` uses the auth-provider `\(provider["name"]?.string ?? "?")`",
                at: provider.location, why: "Kubernetes 1.26 removed auth-providers in favour of `exec` plugins",
                fix: "make the entry anew with the cloud's own tool (gke-gcloud-auth-plugin, kubelogin)")
        }
        return .none
    }

    fileprivate var impersonation: Impersonation? {
        guard let user = value["as"]?.text else { return nil }
        return Impersonation(
            user: user, uid: value["as-uid"]?.text,
            groups: (value["as-groups"]?.sequence ?? []).compactMap(\.string),
            extra: (value["as-user-extra"]?.mapping?.entries ?? []).map { entry in
                (key: entry.key, values: (entry.value.sequence ?? []).compactMap(\.string))
            })
    }

    /// The `Cluster` of the plugins' protocol:
    /// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster
    fileprivate func information(server: String, authorities: [UInt8]?) -> Node {
        var cluster = Mapping()
        cluster["server"] = .string(server)
        cluster["tls-server-name"] = value["tls-server-name"]
        cluster["insecure-skip-tls-verify"] = value["insecure-skip-tls-verify"]
        cluster["certificate-authority-data"] = authorities.map { .string(Data($0).base64EncodedString()) }
        cluster["proxy-url"] = value["proxy-url"]
        let extensions = value["extensions"]?.sequence ?? []
        cluster["config"] =
            extensions.first { $0["name"]?.string == "client.authentication.k8s.io/exec" }?["extension"]
        return .mapping(cluster)
    }

    /// `<key>-data` in base64, else the file that `<key>` names.
    private func bytes(_ key: String) throws(Diagnostic) -> [UInt8]? {
        if let encoded = value["\(key)-data"], let text = encoded.text {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw Diagnostic(
                    .error, .kubeconfig, "`\(key)-data` of `\(name)` is not base64", at: encoded.location,
                    fix: "`base64 -w0 FILE` writes it; or name the file with `\(key)`")
            }
            return Array(data)
        }
        guard let file = value[key], let text = file.text else { return nil }
        do throws(Diagnostic) {
            return try FileBytes.read(path: path(text), maximumSize: 1 << 20)
        } catch {
            var problem = error
            problem.notes.append(.init("named as `\(key)` of `\(name)`", at: file.location))
            throw problem
        }
    }

    private func path(_ text: String) -> String { text.hasPrefix("/") ? text : "\(folder)/\(text)" }
}

extension Node {
    /// The text of a string that is not empty.
    fileprivate var text: String? { string.flatMap { $0.isEmpty ? nil : $0 } }
}

extension Diagnostic.Code {
    package static let noContext = Self("kubernetes.no-context")
}
