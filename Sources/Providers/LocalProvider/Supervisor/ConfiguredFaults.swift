import Diagnostics
import Documents

/// The faults that the configuration asks its workload for (`workload.faults`, to rehearse failures): where
/// a replica does not become ready, they are the first suspects.
enum ConfiguredFaults {
    /// One note for each fault that is set, at the line that set it.
    static func notes(_ spec: LocalServiceSpec) -> [Diagnostic.Note] {
        guard let faults = spec.configuration["faults"]?.mapping else { return [] }
        return faults.entries.filter { isSet($0.value) }.map { fault in
            let value = JSONEmitter.emit(fault.value)
            return Diagnostic.Note(
                "the configuration asks for the fault `\(fault.key): \(value)`",
                at: spec.location(of: ["spec", "configuration", "faults", fault.key]))
        }
    }

    /// `false` and 0 are how a fault is turned off where a lower layer had turned it on.
    private static func isSet(_ value: Node) -> Bool {
        !value.isNull && value != .bool(false) && value != .integer(0)
    }
}
