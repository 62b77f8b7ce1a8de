/// A place of the chain where credentials can come from.
protocol CredentialLink: Sendable {
    /// What the list of places tried calls it: `environment variables`.
    var name: String { get }

    /// Looks whether the place is set up.
    ///
    /// - Throws: when it is set up and wrong: the chain does not go on behind a mistake.
    func find() async throws -> CredentialFinding
}

enum CredentialFinding: Sendable {
    /// It is not set up, for the reason given.
    case passedOver(String)
    /// - first: what looking has already brought.
    case found(any CredentialIssuer, first: AWSCredentials? = nil)
}
