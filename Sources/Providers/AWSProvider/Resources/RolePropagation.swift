import AWSClient

/// Waits for a role that was made a moment ago to be known everywhere.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
enum RolePropagation {
    private static let codes = [
        "InvalidParameterException", "InvalidRequestException", "InvalidParameterValueException", "MalformedPolicy",
    ]
    private static let attempts = 36

    /// Does `work` again, for about two minutes, while the service says that it does not know the role.
    static func waiting(for parameter: String, _ work: () async throws -> Void) async throws {
        for attempt in 1..<attempts {
            do {
                return try await work()
            } catch let error as AWSError where isAboutRole(error, parameter) {
                try await Task.sleep(for: .milliseconds(min(250 << (attempt - 1), 4000)))
            }
        }
        try await work()
    }

    private static func isAboutRole(_ error: AWSError, _ parameter: String) -> Bool {
        let message = error.message.lowercased()
        return codes.contains(error.code)
            && (message.contains("role") || message.contains("principal") || message.contains(parameter.lowercased()))
            && [
                "not exist", "not found", "not be found", "cannot be found", "doesn't have", "cannot be assumed",
                "invalid principal", "could not be assumed",
                "is invalid",
            ]
            .contains { message.contains($0) }
    }
}
