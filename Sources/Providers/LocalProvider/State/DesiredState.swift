import Diagnostics
import Documents
import ServiceModel

/// The content of `desired.json` and `serving.json`: a release, and how its processes are launched.
struct DesiredState: Sendable {
    let release: Release
    let spec: LocalServiceSpec
    let launch: LaunchContext
    /// When the service was first deployed, in seconds since 1970.
    let created: Int

    init(release: Release, launch: LaunchContext, created: Int) throws(Diagnostic) {
        guard let resource = release.resources.first, release.resources.count == 1 else {
            throw Diagnostic(
                .error, .localManifest,
                "the local provider expects one object, not \(release.resources.count)")
        }
        self.release = release
        self.launch = launch
        self.created = created
        spec = try LocalServiceSpec(manifest: resource.manifest)
    }

    var document: Node {
        ["release": release.document, "launch": launch.document, "created": .integer(created)]
    }

    static func read(_ path: String, warn: (Diagnostic) -> Void) -> DesiredState? {
        StateFile.read(path, warn: warn) { node in
            guard let release = node["release"], let launch = node["launch"].flatMap(LaunchContext.init(document:)),
                let created = node["created"]?.integer
            else { return nil }
            return try DesiredState(release: Release(document: release), launch: launch, created: created)
        }
    }
}
