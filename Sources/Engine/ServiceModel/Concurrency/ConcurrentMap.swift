extension Collection where Element: Sendable {
    /// The results of `work` on every element, some of which are worked on at once, in the elements' order.
    ///
    /// - Parameter limit: the most that are under way at a time.
    /// - Throws: the first error; work that has not begun is then left out.
    package func concurrentMap<Result: Sendable>(
        atOnce limit: Int, _ work: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        if isEmpty { return [] }
        return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: count)
            for (index, element) in enumerated() {
                if index >= limit, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (index, try await work(element)) }
            }
            for try await (index, result) in group { results[index] = result }
            return results.compactMap { $0 }
        }
    }
}
