/// The bytes of a response in the order of their coming, in pieces of whatever size they came in.
///
/// For one reader, once. Little is held: while nobody reads, the transfer stands still. It ends, and its connection with
/// it, when the reading task is cancelled, and when the body and its iterators are let go before the end.
package struct HTTPBody: AsyncSequence, Sendable {
    private let pull: @Sendable () async throws(HTTPError) -> [UInt8]?

    /// A body from a function that gives the next piece, and nil after the last.
    package init(_ pull: @escaping @Sendable () async throws(HTTPError) -> [UInt8]?) {
        self.pull = pull
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let pull: @Sendable () async throws(HTTPError) -> [UInt8]?

        package mutating func next() async throws(HTTPError) -> [UInt8]? { try await pull() }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
            try await pull()
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(pull: pull) }
}
