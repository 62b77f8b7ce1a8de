package import Diagnostics
package import Documents
import Profiles
import Templates

/// Where profiles and templates come from: the built-in ones, with a project's and a caller's laid over.
package struct LayerFolders: Sendable {
    /// The project's folder when nobody names one; it need not exist.
    private static let standardProject = "synthdata"

    private let project: String
    private let profilesFolder: String?
    private let templatesFolder: String?

    /// - Parameters:
    ///   - project: the folder with the user's own layers; nil means `./synthdata`.
    ///   - profiles: a folder whose files replace built-in profiles and the project's.
    ///   - templates: a folder whose files replace built-in templates and the project's, or add to them.
    package init(project: String? = nil, profiles: String? = nil, templates: String? = nil) {
        self.project = project ?? Self.standardProject
        profilesFolder = profiles
        templatesFolder = templates
    }

    /// - Throws: ``Diagnostic`` when a folder that was named is not there.
    package func profiles() throws(Diagnostic) -> DocumentTree {
        DocumentTree(
            name: "profiles", embedded: BuiltInProfiles.files, folders: try folders("profiles", profilesFolder))
    }

    /// - Throws: ``Diagnostic`` when a folder that was named is not there.
    package func templates() throws(Diagnostic) -> DocumentTree {
        DocumentTree(
            name: "templates", embedded: BuiltInTemplates.files, folders: try folders("templates", templatesFolder))
    }

    /// The project's own folder first, then the one that was named: the later one wins.
    private func folders(_ name: String, _ named: String?) throws(Diagnostic) -> [String] {
        var folders: [String] = []
        if FolderListing.isFolder("\(project)/\(name)") { folders.append("\(project)/\(name)") }
        if let named {
            guard FolderListing.isFolder(named) else {
                throw Diagnostic(
                    .error, .unreadable, "there is no such folder", at: SourceLocation(file: SourceFile(named)),
                    fix: "check the path given with --\(name)-dir")
            }
            folders.append(named)
        }
        return folders
    }
}
