import Logging

@testable import ReferenceWorkload

extension WorkloadConfiguration {
    /// The defaults on a free port, changed by `change`.
    static func onFreePort(_ change: (inout WorkloadConfiguration) -> Void = { _ in }) -> WorkloadConfiguration {
        var configuration = WorkloadConfiguration()
        configuration.port = 0
        change(&configuration)
        return configuration
    }
}

/// A server for as long as `body` runs, then stopped gracefully.
func withServer<Result: Sendable>(
    _ configuration: WorkloadConfiguration = .onFreePort(),
    body: @Sendable (WorkloadServer, Int) async throws -> Result
) async throws -> Result {
    let server = try WorkloadServer(
        configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let running = Task {
        defer { port.finish() }
        try await server.run { port.yield($0) }
    }
    defer { server.shutdown() }
    var iterator = ports.makeAsyncIterator()
    guard let bound = await iterator.next() else {
        try await running.value
        throw CancellationError()
    }
    let result = try await body(server, bound)
    server.shutdown()
    try await running.value
    return result
}

/// The text of a request; `Host` and, where there is a body, `Content-Length` are added.
func request(_ line: String, headers: [String] = [], body: String? = nil) -> String {
    let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
    return (["\(line) HTTP/1.1", "Host: localhost"] + length + headers + ["", body ?? ""]).joined(separator: "\r\n")
}
