package import Diagnostics
import Documents

extension Node {
    /// Lays a patch over this patch: sections join and nulls stay, to delete what lower layers set.
    ///
    /// Merging as RFC 7386 does would drop those nulls.
    ///
    /// - Parameter conflict: told of every value that both patches set, differently; the other patch's wins.
    mutating func overlay(
        _ other: Node, conflict: (_ old: Mapping.Entry, _ new: Mapping.Entry) -> Void = { _, _ in }
    ) {
        guard var mapping, let changes = other.mapping else {
            self = other
            return
        }
        for change in changes.entries {
            guard let position = mapping.position(of: change.key) else {
                mapping.append(unique: change)
                continue
            }
            let old = mapping.entries[position]
            if old.value.mapping == nil || change.value.mapping == nil, old.value != change.value {
                conflict(old, change)
            }
            var value = old.value
            value.overlay(change.value, conflict: conflict)
            mapping.setValue(value, at: position)
        }
        self = .mapping(mapping, at: other.location)
    }
}

extension Diagnostic {
    /// Two spellings of one key that do not agree.
    static func conflictingKeys(
        _ spelling: String, _ canonical: String, _ new: Mapping.Entry, _ old: Mapping.Entry
    ) -> Diagnostic {
        Diagnostic(
            .error, .conflictingKeys, "`\(spelling)` and `\(canonical)` are one key with two values",
            at: new.keyLocation, fix: "keep one of them", notes: [.init("the other one", at: old.keyLocation)])
    }
}

extension Diagnostic.Code {
    package static let conflictingKeys = Self("config.conflicting-keys")
}
