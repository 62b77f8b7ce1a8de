public import Diagnostics
public import Documents

/// A container image with its tag or digest, at the configuration line that chose it.
public struct ImageReference: Sendable {
    public let text: String
    public let location: SourceLocation

    /// An image without tag or digest gets the service's version as its tag.
    ///
    /// The location is the image's, unless that is `builtIn` and only the version was chosen by hand.
    public init(image: Node, version: Node, isBuiltIn: (SourceLocation) -> Bool) {
        let name = image.string ?? ""
        if Self.isPinned(name) {
            text = name
            location = image.location
        } else {
            text = "\(name):\(version.string ?? "latest")"
            location = isBuiltIn(image.location) ? version.location : image.location
        }
    }

    private static func isPinned(_ name: String) -> Bool {
        name.contains("@") || name.split(separator: "/").last?.contains(":") == true
    }
}
