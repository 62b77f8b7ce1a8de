package import Diagnostics

#if canImport(Glibc)
    import Glibc
#endif

/// The file of the `synthdata-infra` program: the local provider's supervisors run it, because they
/// outlive whoever deploys, and so does the workload that it carries.
package enum ToolFile {
    /// The variable that names the file.
    package static let variable = "SYNTHDATA_INFRA"
    private static let name = "synthdata-infra"

    /// `path`, else the file that ``variable`` names, else the first `synthdata-infra` in `PATH`.
    ///
    /// - Returns: an absolute path, because a supervisor may start elsewhere.
    /// - Throws: ``Diagnostic`` with code `tool.not-found`; a path that is given and wrong is never
    ///   replaced by another program.
    package static func find(_ path: String?, environment: [String: String]) throws(Diagnostic) -> String {
        if let path { return try existing(path, at: "toolPath") }
        if let path = environment[variable], !path.isEmpty { return try existing(path, at: variable) }
        let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        guard let found = folders.lazy.map({ "\($0)/\(name)" }).first(where: isProgram) else {
            throw Diagnostic(
                .error, .toolNotFound, "the program `\(name)` is not found",
                why: "the local provider runs it as the supervisor of each service",
                fix: "add its folder to PATH, or name the file with \(variable) or `toolPath`")
        }
        return found
    }

    private static func existing(_ path: String, at source: String) throws(Diagnostic) -> String {
        guard isProgram(path), let resolved = realpath(path, nil) else {
            throw Diagnostic(
                .error, .toolNotFound, "`\(path)` is not a program", at: SourceLocation(file: SourceFile(source)),
                why: "the local provider runs it as the supervisor of each service",
                fix: "name the file of `\(name)`")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}

extension Diagnostic.Code {
    package static let toolNotFound = Self("tool.not-found", .failed)
}
