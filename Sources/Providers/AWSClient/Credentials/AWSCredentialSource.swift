/// Where credentials come from.
package protocol AWSCredentialSource: Sendable {
    /// Credentials that are good for some time yet. Many may ask at once.
    ///
    /// - Parameter refused: credentials that a service called expired or invalid: others are wanted. Nil at first.
    ///   The same come back where there are no others.
    func credentials(replacing refused: AWSCredentials?) async throws -> AWSCredentials
}
