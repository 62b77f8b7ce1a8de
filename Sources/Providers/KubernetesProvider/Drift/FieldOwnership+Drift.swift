package import ServiceModel

extension FieldOwnership {
    /// What makes an apply take drifted fields back, and leave others to whoever set them.
    ///
    /// - Parameters:
    ///   - objects: what is taken back.
    ///   - all: everything that was found; the rest of it stays.
    package init(revertingTo objects: [ObjectDrift], of all: [ObjectDrift]) {
        let fields = objects.flatMap { object in object.fields.map { (object.resource, $0) } }
        let rest = all.flatMap { object in object.fields.map { (object.resource, $0) } }.filter { resource, field in
            !fields.contains { $0.0 == resource && $0.1.path == field.path }
        }
        self.init(
            taken: fields.filter { $1.deployed != nil }.map { Choice($1.path, of: $0) },
            // What was removed stays away only where it is not applied; what is changed is another's already.
            kept: rest.filter { $1.deployed != nil }.map { Choice($1.path, of: $0) },
            removed: fields.filter { $1.deployed == nil }.map { AddedField($1, of: $0) })
    }
}
