package import ServiceModel

/// What of a service is not as its last good release left it.
package struct ServiceDrift: Sendable {
    /// The release that was deployed last.
    package let release: Release
    /// In apply order; without those as deployed.
    package let objects: [ObjectDrift]

    package init(release: Release, objects: [ObjectDrift]) {
        self.release = release
        self.objects = objects
    }

    package var isEmpty: Bool { objects.isEmpty }

    /// The same without the fields that `isIgnored` names; an object that only they told of is left out.
    ///
    /// - Parameter isIgnored: asked of each object as a whole, without a field, and of each of its fields.
    package func leavingOut(_ isIgnored: (Resource.Identity, FieldDrift?) -> Bool) -> ServiceDrift {
        let rest = objects.compactMap { object -> ObjectDrift? in
            if isIgnored(object.resource, nil) { return nil }
            let fields = object.fields.filter { !isIgnored(object.resource, $0) }
            if object.kind == .changed, !object.fields.isEmpty, fields.isEmpty { return nil }
            return ObjectDrift(
                resource: object.resource, kind: object.kind, fields: fields, author: object.author,
                reason: object.reason)
        }
        return ServiceDrift(release: release, objects: rest)
    }
}
