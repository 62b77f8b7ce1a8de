import FoundationEssentials
import TestSupport

/// A proxy before a control plane's API server that breaks on purpose, and the same way every time:
/// `Tests/Support/fault-proxy/fault_proxy.py` says how.
package struct FaultProxy: Sendable {
    /// What to do to which requests.
    package struct Rule: Sendable, Encodable {
        /// `reset`, `lost`, `status:503`, `cut`, `cut-clean`, `slow`, `page`, `hold`
        package var fault: String
        package var method: String?
        /// A regular expression, found in `path?query`.
        package var path: String?
        /// So many are to go unharmed first.
        package var skip: Int?
        /// Applied so often at most.
        package var times: Int?
        /// Of a status.
        package var headers: [String: String]?
        /// Of a body, before it is cut.
        package var bytes: Int?
        /// Of a slow body.
        package var seconds: Double?

        package init(
            _ fault: String, method: String? = nil, path: String? = nil, skip: Int? = nil, times: Int? = nil,
            headers: [String: String]? = nil, bytes: Int? = nil, seconds: Double? = nil
        ) {
            self.fault = fault
            self.method = method
            self.path = path
            self.skip = skip
            self.times = times
            self.headers = headers
            self.bytes = bytes
            self.seconds = seconds
        }
    }

    /// Faults by chance, the same ones for the same seed.
    package struct Schedule: Sendable, Encodable {
        package var seed: Int
        /// From 0 to 1.
        package var rate: Double
        package var kinds: [String]
        /// For what is no `GET` alone.
        package var writes: [String]?
        /// For watches alone.
        package var watches: [String]?
        /// Of a status.
        package var headers: [String: String]?

        package init(
            seed: Int, rate: Double, kinds: [String], writes: [String]? = nil, watches: [String]? = nil,
            headers: [String: String]? = nil
        ) {
            self.seed = seed
            self.rate = rate
            self.kinds = kinds
            self.writes = writes
            self.watches = watches
            self.headers = headers
        }
    }

    /// Tokens that are good for some requests.
    package struct Expiry: Sendable, Encodable {
        package var requests: Int
        /// The one that the API server knows.
        package var token: String
        /// Where the current one stands; written by the proxy.
        package var file: String

        package init(requests: Int, token: String, file: String) {
            self.requests = requests
            self.token = token
            self.file = file
        }
    }

    /// A request that came, and what was done to it.
    package struct Request: Sendable, Decodable {
        package let method: String
        package let path: String
        package let query: String
        package let authorization: String?
        package let fault: String?
    }

    /// `http://127.0.0.1:port`, or `https:` with the API server's own certificate.
    package let server: String
    /// A copy of the administrator's file that goes through the proxy.
    package let kubeconfig: String
    private let process: LineProcess

    package static func start(before plane: ControlPlane, isSecure: Bool = false) async throws -> FaultProxy {
        struct Ready: Decodable {
            let port: Int
        }
        var command = ["/usr/bin/env", "python3", "\(Support.folder)/Support/fault-proxy/fault_proxy.py"]
        command += ["--upstream", plane.server, "--authority", plane.authority]
        if isSecure {
            command += [
                "--certificate", "\(plane.state)/pki/apiserver.crt", "--key", "\(plane.state)/pki/apiserver.key",
            ]
        }
        let process = try LineProcess(command)
        let port = try JSONDecoder().decode(Ready.self, from: Data(await process.line().utf8)).port
        let server = "\(isSecure ? "https" : "http")://127.0.0.1:\(port)"
        let kubeconfig = "\(plane.state)/proxy-\(port).kubeconfig"
        let direct = try String(decoding: Data(contentsOf: URL(filePath: plane.kubeconfigs.admin)), as: UTF8.self)
        try direct.replacing(plane.server, with: server).write(
            to: URL(filePath: kubeconfig), atomically: false, encoding: .utf8)
        return FaultProxy(server: server, kubeconfig: kubeconfig, process: process)
    }

    /// From now on these rules, and no others.
    package func obey(_ rules: Rule...) async throws { try await command("rules", rules) }

    /// Faults by chance for what no rule takes.
    package func obey(_ schedule: Schedule) async throws { try await command("schedule", schedule) }

    /// From now on tokens expire.
    package func obey(_ expiry: Expiry) async throws { try await command("expiry", expiry) }

    /// Waits until a rule holds a request.
    ///
    /// - Returns: false when `seconds` are over.
    package func holds(within seconds: Double) async throws -> Bool {
        try await command("held", seconds).contains("true")
    }

    /// Hands the held request on and returns when it was answered, or drops it.
    package func release(passing: Bool) async throws { try await command("release", passing ? "pass" : "drop") }

    /// All requests that came since the beginning, or since ``forget()``.
    package func requests() async throws -> [Request] {
        struct Report: Decodable {
            let requests: [Request]
        }
        return try JSONDecoder().decode(Report.self, from: Data(await process.ask(#"{"report": true}"#).utf8)).requests
    }

    /// The administrator's, as the API server knows it.
    package func token() throws -> String {
        struct File: Decodable {
            struct Named: Decodable {
                struct User: Decodable { let token: String }
                let user: User
            }
            let users: [Named]
        }
        let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(filePath: kubeconfig)))
        guard let user = file.users.first?.user else { throw LineProcess.Failed(description: "no user") }
        return user.token
    }

    package func forget() async throws { try await command("forget", true) }

    @discardableResult
    private func command(_ verb: String, _ value: some Encodable) async throws -> String {
        let answer = await process.ask(String(decoding: try JSONEncoder().encode([verb: value]), as: UTF8.self))
        guard !answer.isEmpty, !answer.contains(#""error""#) else {
            throw LineProcess.Failed(description: "the fault proxy: \(answer)")
        }
        return answer
    }
}
