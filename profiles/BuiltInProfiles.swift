package import EmbeddedFiles

/// The configuration profiles that every build carries: the four lowest layers of a service's
/// configuration.
package enum BuiltInProfiles {
    /// Each file of this folder, by its path in it: `data-types/image.yaml`.
    package static let files = EmbeddedTree(sortedByPath: embeddedTree)
}
