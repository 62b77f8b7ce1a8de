import Documents
import ServiceModel

extension [FieldChange] {
    /// The first key of each field's path.
    var keys: Set<String> {
        Set(
            compactMap { field in
                if case .key(let key) = field.path.steps.first { key } else { nil }
            })
    }
}
