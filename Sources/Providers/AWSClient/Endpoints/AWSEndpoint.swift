package import HTTPTransport

/// Where a service is spoken to, and the region that its signatures name.
package struct AWSEndpoint: Sendable, Hashable {
    package let url: HTTPURL
    package let signingRegion: String
    /// Whether somebody chose the address: then names of buckets stand in the path, not in the host.
    package let isChosen: Bool
}
