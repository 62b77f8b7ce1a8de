package import Diagnostics
import Documents
import FoundationEssentials
import HTTPTransport

extension Kubeconfig {
    /// What a context comes to.
    ///
    /// - Parameter name: of the flag `--context`; nil means the current one.
    /// - Throws: ``Diagnostic`` when there is no such context, cluster or user, with the nearest name;
    ///   ``DiagnosticReport`` with everything that is wrong in them.
    package func access(context name: String?) throws -> ClusterAccess {
        let context = try chosenContext(name)
        guard let clusterName = try context.fields(.context).text("cluster") else {
            throw Diagnostic(
                .error, .kubeconfig, "the context `\(context.name)` names no cluster", at: context.value.location,
                fix: "`kubectl config set-context \(context.name) --cluster NAME`")
        }
        let userName = try context.fields(.context).text("user")
        let namespace = try context.fields(.context).text("namespace")
        let cluster = try named(.cluster, clusterName, by: context)
        let user = try userName.map { try named(.user, $0, by: context) }

        var problems = DiagnosticCollector()
        let server = problems.gather { try cluster.server() }
        let trust = problems.gather { try cluster.trust() }
        let proxy = problems.gather { try cluster.proxy() }
        let certificate = problems.gather { try user?.clientCertificate() }
        let credential = problems.gather { try user?.credential() ?? .none }
        let impersonation = problems.gather { try user?.impersonation() }
        try problems.throwIfErrors()
        var access = ClusterAccess(
            context: context.name, server: server ?? "", namespace: namespace,
            trust: trust ?? ServerTrust(authorities: nil, serverName: nil, isSkipped: false),
            clientCertificate: certificate ?? nil, credential: credential ?? .none,
            impersonation: impersonation ?? nil, proxy: proxy ?? nil,
            location: cluster.fields(.cluster).location("server"),
            clusterInformation: Redacted(
                cluster.information(server: server ?? "", authorities: trust?.authorities)))
        access.places = ConnectionPlaces(
            cluster: cluster.fields(.cluster), user: user?.fields(.user),
            userName: userName, context: context.value.location)
        return access
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
    fileprivate func fields(_ list: Kubeconfig.List) -> KubeconfigFields {
        KubeconfigFields(node: value, owner: "the \(list.rawValue) `\(name)`")
    }

    /// The server's URL without a slash at the end.
    fileprivate func server() throws(Diagnostic) -> String {
        guard var text = try fields(.cluster).text("server") else {
            throw Diagnostic(
                .error, .kubeconfig, "the cluster `\(name)` has no `server`", at: value.location,
                fix: "`kubectl config set-cluster \(name) --server https://HOST:PORT`")
        }
        if !text.contains("://") { text = "https://\(text)" }
        guard let url = HTTPURL(text), url.query == nil else {
            throw Diagnostic(
                .error, .kubeconfig, "`server` of the cluster `\(name)` is not an address",
                at: fields(.cluster).location("server"), fix: "write for example https://10.0.0.1:6443")
        }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    fileprivate func trust() throws(Diagnostic) -> ServerTrust {
        let fields = fields(.cluster)
        let isSkipped = try fields.flag("insecure-skip-tls-verify")
        let authorities = try bytes("certificate-authority", of: fields)
        if isSkipped, authorities != nil {
            throw Diagnostic(
                .error, .kubeconfig, "the cluster `\(name)` has an authority and is not to be verified",
                at: fields.location("insecure-skip-tls-verify"),
                why: "kubectl refuses both together, too", fix: "remove insecure-skip-tls-verify")
        }
        return ServerTrust(
            authorities: authorities, serverName: try fields.text("tls-server-name"), isSkipped: isSkipped)
    }

    fileprivate func proxy() throws(Diagnostic) -> ProxyAddress? {
        guard let text = try fields(.cluster).text("proxy-url") else { return nil }
        guard let address = ProxyAddress(text) else {
            throw Diagnostic(
                .error, .kubeconfig, "`proxy-url` of the cluster `\(name)` is not a proxy's address",
                at: fields(.cluster).location("proxy-url"),
                fix: "write for example http://proxy:3128 or socks5://127.0.0.1:1080")
        }
        return address
    }

    fileprivate func clientCertificate() throws(Diagnostic) -> TLSConfiguration.ClientCertificate? {
        let certificate = try bytes("client-certificate", of: fields(.user))
        let key = try bytes("client-key", of: fields(.user))
        switch (certificate, key) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            return TLSConfiguration.ClientCertificate(certificate: certificate, key: Redacted(key))
        default:
            let problem = key == nil ? "certificate without its key" : "key without its certificate"
            throw Diagnostic(
                .error, .kubeconfig, "the user `\(name)` has a client \(problem)",
                at: value.location, fix: "give both client-certificate and client-key (or their `-data`)")
        }
    }

    /// A token goes before an `exec` plugin, as with kubectl, which also refuses a token beside a user name.
    fileprivate func credential() throws(Diagnostic) -> CredentialSource {
        let fields = fields(.user)
        let token = try fields.text("token").map(Redacted.init)
        let tokenFile = try fields.text("tokenFile").map(path)
        let user = try fields.text("username")
        let password = Redacted(try fields.text("password") ?? "")
        if token != nil, user != nil {
            throw Diagnostic(
                .error, .kubeconfig, "the user `\(name)` has a token and a user name", at: fields.location("username"),
                why: "kubectl refuses both together, too", fix: "remove one of them")
        }
        if let tokenFile { return .tokenFile(path: tokenFile, fallback: token) }
        if let token { return .token(token) }
        if let user { return .basic(user: user, password: password) }
        if let exec = try fields.fields("exec") {
            return .plugin(try CredentialPlugin(exec, user: name, folder: folder))
        }
        if let provider = try fields.fields("auth-provider") {
            throw Diagnostic(
                .error, .kubeconfig,
                "the user `\(name)` uses the auth-provider `\(try provider.text("name") ?? "?")`",
                at: provider.node.location, why: "`exec` plugins have taken the place of auth-providers",
                fix: "make the entry anew with the cloud's own tool (gke-gcloud-auth-plugin, kubelogin)")
        }
        return .none
    }

    fileprivate func impersonation() throws(Diagnostic) -> Impersonation? {
        let fields = fields(.user)
        let uid = try fields.text("as-uid")
        let groups = try fields.texts("as-groups")
        var extra: [(key: String, values: [String])] = []
        if let all = try fields.fields("as-user-extra") {
            for entry in all.node.mapping?.entries ?? [] {
                extra.append((key: entry.key, values: try all.texts(entry.key)))
            }
        }
        if let user = try fields.text("as") { return Impersonation(user: user, uid: uid, groups: groups, extra: extra) }
        guard uid == nil, groups.isEmpty, extra.isEmpty else {
            throw Diagnostic(
                .error, .kubeconfig, "the user `\(name)` acts for somebody without saying for whom",
                at: value.location, why: "`as-uid`, `as-groups` and `as-user-extra` only count beside `as`",
                fix: "add `as`, or remove them")
        }
        return nil
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
    private func bytes(_ key: String, of fields: KubeconfigFields) throws(Diagnostic) -> [UInt8]? {
        if let text = try fields.text("\(key)-data") {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw Diagnostic(
                    .error, .kubeconfig, "`\(key)-data` of `\(name)` is not base64",
                    at: fields.location("\(key)-data"),
                    fix: "`base64 -w0 FILE` writes it; or name the file with `\(key)`")
            }
            return Array(data)
        }
        guard let file = try fields.text(key) else { return nil }
        do throws(Diagnostic) {
            return try FileBytes.read(path: path(file), maximumSize: 1 << 20)
        } catch {
            var problem = error
            problem.notes.append(.init("named as `\(key)` of `\(name)`", at: fields.location(key)))
            throw problem
        }
    }

    private func path(_ text: String) -> String { text.hasPrefix("/") ? text : "\(folder)/\(text)" }
}

extension Diagnostic.Code {
    package static let noContext = Self("kubernetes.no-context")
}
