/// The version of the tool, by semantic versioning.
package enum ToolVersion {
    package static let text = "0.1.0"
}
