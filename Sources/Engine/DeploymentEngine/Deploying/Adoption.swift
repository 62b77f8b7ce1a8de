import ConfigurationManager
package import Diagnostics
package import Documents
import ServiceModel

/// What a configuration would have to say for the live fields of a service to be as configured.
package struct Adoption: Sendable {
    package struct Setting: Sendable {
        /// Canonical.
        package let key: NodePath
        package let value: Node
        /// Where the deployed value came from.
        package let origin: SourceLocation
    }

    package private(set) var settings: [Setting] = []

    /// - Parameter documents: of the file that a location names; nil where it is gone.
    /// - Throws: ``DiagnosticReport`` with every field that no key of the configuration stands behind.
    package init(
        _ drift: ServiceDrift, documents: (SourceFile) throws -> [Node]?
    ) throws(DiagnosticReport) {
        var problems = DiagnosticCollector()
        for object in drift.objects {
            if object.fields.isEmpty || object.kind == .missing {
                problems.report(Self.refused("\(object.resource)", nil, "it is \(object.kind.rawValue) as a whole"))
            }
            for field in object.fields {
                guard let setting = problems.gather({ try Self.setting(field, of: object.resource, documents) }) else {
                    continue
                }
                if let other = settings.first(where: { $0.key == setting.key }) {
                    guard other.value != setting.value else { continue }
                    problems.report(
                        Self.refused(
                            "\(object.resource): \(field.path)", field.deployed?.location,
                            "`\(setting.key)` stands behind another field with another value, too"))
                } else {
                    settings.append(setting)
                }
            }
        }
        try problems.throwIfErrors()
    }

    private static func setting(
        _ field: FieldDrift, of resource: Resource.Identity, _ documents: (SourceFile) throws -> [Node]?
    ) throws -> Setting {
        let name = "\(resource): \(field.path)"
        guard let deployed = field.deployed else {
            throw refused(name, nil, "it was added, and nothing of the configuration stands behind it")
        }
        let location = deployed.location
        guard let live = field.live else { throw refused(name, location, "it was removed; layers only add") }
        if field.isSecret {
            throw refused(
                name, location, "it looks like a secret, and secrets do not belong into files",
                fix: "put it into a Secret, and name that with `deployment.env[].secret`")
        }
        guard live.mapping == nil, live.sequence == nil else {
            throw refused(name, location, "it is a \(live.kind), not a single value")
        }
        guard location.isKnown else {
            throw refused(name, nil, "a template sets it, whatever the configuration says")
        }
        if location.line == 0, let key = ConfigurationPlace.key(ofFlag: location.file.name) {
            return Setting(key: key, value: live, origin: location)
        }
        guard let found = try documents(location.file).flatMap({ ConfigurationPlace.value(at: location, in: $0) })
        else {
            throw refused(
                name, location, "what stood there when it was deployed is not there any more",
                fix: "deploy the configuration as it is now, then adopt again")
        }
        guard let value = configured(live, deployed: deployed, from: found.node) else {
            throw refused(
                name, location, "it is computed from `\(found.key)` and other values",
                fix: "change `\(found.key)` by hand so that `diff` shows no change")
        }
        return Setting(key: found.key, value: value, origin: location)
    }

    /// What the configuration would say for the template to come to the live value.
    ///
    /// - Parameter source: what it said for the deployed value; nil where that is not all it takes.
    private static func configured(_ live: Node, deployed: Node, from source: Node) -> Node? {
        if source == deployed || source.plainText == deployed.plainText {
            // Text that a number was configured for is that number.
            if source.number != nil, let text = live.string {
                let parsed = try? YAMLParser.parseOne(text, file: .unknown)
                return parsed?.number == nil ? live : parsed
            }
            return live
        }
        if let written = source.string, let span = TimeSpan(written), span.seconds == deployed.integer,
            let seconds = live.integer
        {
            return .string("\(TimeSpan(seconds: seconds))")
        }
        // A tag that the image had from the version is its own from now on.
        if let image = source.string, let whole = deployed.string, whole.hasPrefix("\(image):"), live.string != nil {
            return live
        }
        return nil
    }

    private static func refused(
        _ name: String, _ location: SourceLocation?, _ why: String, fix: String? = nil
    ) -> Diagnostic {
        Diagnostic(
            .error, .notAdopted, "\(name) cannot be adopted", at: location, why: why,
            fix: "\(fix.map { "\($0); or " } ?? "")take it back with --revert, or leave it out with --ignore")
    }
}
