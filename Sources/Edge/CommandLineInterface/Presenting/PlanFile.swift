import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// The file between `diff --save` and `deploy --plan`. Only its owner can read it: it holds plain values of
/// environment variables.
struct PlanFile {
    let path: String

    /// - Throws: ``Diagnostic`` with the system's reason.
    func write(_ plans: [SavedPlan]) throws(Diagnostic) {
        let before = umask(0o077)
        defer { umask(before) }
        let text = JSONEmitter.emit(SavedPlan.document(plans), .init(pretty: true)) + "\n"
        try FileWriter(fix: "name a file in a folder that you may write to").write(Data(text.utf8), to: path)
    }

    /// - Throws: ``Diagnostic`` when it cannot be read or is no plan.
    func read() throws(Diagnostic) -> [SavedPlan] {
        try SavedPlan.plans(in: DocumentReader.read(path: path).first ?? .null)
    }
}
