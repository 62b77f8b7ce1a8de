package import Diagnostics
import Documents
import ServiceModel

extension CrossFieldRules {
    /// The clouds' disks cannot be mounted by several nodes: a claim that asks for it is never bound.
    ///
    /// A name of the built-in profiles may stand for anything in the cluster, so whoever writes it in a layer of
    /// their own has decided, and is not warned.
    mutating func checkSharedClass(_ storage: Node) {
        guard areValid("storage.access_mode", "storage.storage_class"), let disks = BlockStorage.classes(at: provider),
            storage["access_mode"]?.string == "ReadWriteMany", let node = storage["storage_class"],
            let name = node.string,
            isBuiltIn("storage", "storage_class") ? BlockStorage.builtInClasses.contains(name) : disks.contains(name)
        else { return }
        problems.report(
            Diagnostic(
                .warning, .sharedClass,
                "volumes of the class `\(name)` are usually disks, which only one node may mount",
                at: node.location,
                why: "with ReadWriteMany a claim of such a class is never bound, and no replica starts",
                fix: "set `storage.storage_class` to a class of shared files, such as "
                    + "`\(BlockStorage.sharedClass(at: provider))`, or `storage.access_mode` to ReadWriteOnce"))
    }

    /// Whether the value comes from a profile that the tool brings.
    private func isBuiltIn(_ section: String, _ key: String) -> Bool {
        layers.last { $0.values.value(section, key) != nil }?.isBuiltIn ?? false
    }
}

extension Diagnostic.Code {
    package static let sharedClass = Self("config.shared-class")
}
