/// The configuration of a service: every key there is, with its type and meaning.
///
/// `config explain`, `config schema`, `docs/configuration.md` and the checks are all made from this
/// one description.
package enum ServiceSchema {
    package static let root = SchemaObject([
        deployment, resources, storage, networking, scaling, scheduling, health, monitoring, security, workload,
        providers, defaults,
        SchemaKey(
            "specific", .map(.anything),
            "Free-form settings of the service itself, handed to it as they are and never checked."),
    ])

    static let port = SchemaValue.integer(1...65_535)
    static let labels = SchemaValue.map(.text(.free))
}
