package import Diagnostics
import Documents

/// The kubeconfig files of a person or a pipeline, merged as kubectl merges them: of entries with the same
/// name the first file's wins, whole.
///
/// Rules: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
package struct Kubeconfig: Sendable {
    /// One named entry of a list.
    struct Entry: Sendable {
        let name: String
        /// The `cluster`, `user` or `context` itself.
        let value: Node
        /// Folder of the file that it stands in: its relative paths start there.
        let folder: String
    }

    /// Which of the three lists an entry stands in.
    enum List: String {
        case cluster
        case user
        case context
    }

    private var clusters: [Entry] = []
    private var users: [Entry] = []
    private var contexts: [Entry] = []
    /// The name that `current-context` gives, where one does.
    private(set) var currentContext: Node?
    /// The files that were read, first one first.
    private(set) var files: [String] = []

    /// One without a file.
    init() {}

    package var contextNames: [String] { contexts.map(\.name) }

    /// Whether no file said anything.
    var isEmpty: Bool { clusters.isEmpty && users.isEmpty && contexts.isEmpty && currentContext == nil }

    func entries(_ list: List) -> [Entry] {
        switch list {
        case .cluster: clusters
        case .user: users
        case .context: contexts
        }
    }

    func entry(_ list: List, _ name: String) -> Entry? { entries(list).first { $0.name == name } }

    /// Adds what `document` has and no earlier file had.
    ///
    /// - Throws: ``DiagnosticReport`` with every entry that has no name or no content.
    mutating func merge(_ document: Node, path: String) throws(DiagnosticReport) {
        var problems = DiagnosticCollector()
        files.append(path)
        let folder = Self.folder(of: path)
        if document.isNull { return }
        guard document.mapping != nil else {
            throw DiagnosticReport([
                Diagnostic(
                    .error, .kubeconfig, "this is not a kubeconfig file", at: document.location,
                    why: "it holds a \(document.kind), not a mapping with `clusters`, `users` and `contexts`",
                    fix: "mend it, or name another with --kubeconfig or KUBECONFIG")
            ])
        }
        Self.add(document["clusters"], .cluster, folder, to: &clusters, &problems)
        Self.add(document["users"], .user, folder, to: &users, &problems)
        Self.add(document["contexts"], .context, folder, to: &contexts, &problems)
        if let name = document["current-context"], !name.isNull {
            if name.string == nil { problems.report(Self.malformed("`current-context` must be a string", name)) }
            if currentContext == nil, name.string?.isEmpty == false { currentContext = name }
        }
        try problems.throwIfErrors()
    }

    private static func add(
        _ list: Node?, _ kind: List, _ folder: String, to entries: inout [Entry],
        _ problems: inout DiagnosticCollector
    ) {
        guard let list, !list.isNull else { return }
        guard let items = list.sequence else {
            problems.report(malformed("`\(kind.rawValue)s` must be a list", list))
            return
        }
        var names: Set<String> = []
        for item in items {
            guard let name = item["name"]?.string, !name.isEmpty else {
                problems.report(malformed("an entry of `\(kind.rawValue)s` has no `name`", item))
                continue
            }
            let value = item[kind.rawValue] ?? .mapping(Mapping(), at: item.location)
            guard value.mapping != nil || value.isNull else {
                problems.report(malformed("`\(kind.rawValue)` of `\(name)` must be a mapping", value))
                continue
            }
            guard names.insert(name).inserted else {
                problems.report(malformed("`\(kind.rawValue)s` has two entries `\(name)`", item))
                continue
            }
            if !entries.contains(where: { $0.name == name }) {
                entries.append(Entry(name: name, value: value, folder: folder))
            }
        }
    }

    private static func malformed(_ what: String, _ node: Node) -> Diagnostic {
        Diagnostic(
            .error, .kubeconfig, what, at: node.location,
            fix: "`kubectl config view` shows the shape that is expected")
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

extension Diagnostic.Code {
    package static let kubeconfig = Self("kubernetes.kubeconfig")
}
