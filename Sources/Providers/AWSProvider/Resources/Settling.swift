import AWSClient

/// Waits for what AWS needs minutes for, asking less and less often.
enum Settling {
    private static let firstPause = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(15)

    /// Returns when it is so. Ends with the task.
    static func until(_ isSo: () async throws -> Bool) async throws {
        var pause = firstPause
        while try await !isSo() {
            try await Task.sleep(for: pause)
            pause = min(pause * 3 / 2, longestPause)
        }
    }
}
