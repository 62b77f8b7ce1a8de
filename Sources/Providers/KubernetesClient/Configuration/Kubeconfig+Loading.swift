import Diagnostics
import Documents

#if canImport(Glibc)
    import Glibc
#endif

extension Kubeconfig {
    /// Reads the files that kubectl would: `path` alone; else those that `KUBECONFIG` lists, leaving out
    /// the ones that are not there; else `.kube/config` in the home folder, where it exists.
    ///
    /// - Parameter path: of the flag `--kubeconfig`.
    /// - Throws: ``Diagnostic`` for a file that was named and cannot be read, or is malformed;
    ///   ``DiagnosticReport`` for the malformed entries of one.
    package static func load(path: String?, environment: [String: String]) throws -> Kubeconfig {
        var merged = Kubeconfig()
        if let path {
            try merged.read(path)
            return merged
        }
        for path in standardPaths(environment) where Glibc.access(path, F_OK) == 0 { try merged.read(path) }
        return merged
    }

    private static func standardPaths(_ environment: [String: String]) -> [String] {
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            return list.split(separator: ":").map(String.init)
        }
        return environment["HOME"].map { ["\($0)/.kube/config"] } ?? []
    }

    private mutating func read(_ path: String) throws {
        try merge(DocumentReader.read(path: path).first ?? .null, path: path)
    }
}
