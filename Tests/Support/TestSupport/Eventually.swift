/// It was waited for, and did not come true.
package struct NeverSo: Error, CustomStringConvertible {
    package let description: String
}

/// Asks until it is so.
///
/// - Parameter limit: how long at most; far more than it takes on a machine that is busy with other tests.
/// - Throws: ``NeverSo`` when the time is over, and what `isSo` throws.
package func eventually(
    within limit: Duration = .seconds(60), file: String = #fileID, line: Int = #line,
    _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < end else {
            throw NeverSo(description: "\(file):\(line): it is still not so after \(limit)")
        }
        try await Task.sleep(for: .milliseconds(50))
    }
}
