import Documents

/// A resource as it is, in the shape in which it is wanted.
struct LiveResource: Sendable {
    /// What AWS knows it by: an ARN, or a name where that is enough.
    let id: String
    let spec: Node
    let tags: [String: String]
    /// What it does at the moment.
    var state = State.ready
    /// When it was made or changed last, in seconds since 1970, where that matters.
    var changed: Double?

    enum State: Sendable, Hashable {
        case ready
        /// It serves, and something is wrong with it, in AWS's words.
        case degraded(String)
        /// `CREATING`, in AWS's word.
        case changing(String)
        case deleting
        /// Why, in AWS's words.
        case failed(String)
    }
}
