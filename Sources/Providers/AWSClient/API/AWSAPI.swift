import Diagnostics
package import Documents
package import HTTPTransport
import Synchronization

/// Speaks to the services of one region as one identity.
///
/// All calls throw ``AWSError`` where a service refuses, `HTTPError` where it cannot be spoken to, and what the
/// credentials throw where there are none. Calls are repeated as the SDKs' standard mode repeats them; a clock that is
/// wrong is corrected, and credentials that expired are renewed, once for each call.
package struct AWSAPI: Sendable {
    /// Beyond this, the SDKs call two clocks different.
    private static let tolerance = 240

    package let region: String
    private let http: any HTTPClient
    private let credentials: (any AWSCredentialSource)?
    private let endpoints: AWSEndpoints
    private let policy: AWSRetryPolicy
    private let shared: Shared
    private var mayWrite: @Sendable () async throws -> Void = {}

    /// What all calls of one client have in common.
    private final class Shared: Sendable {
        let quota = RetryQuota()
        /// How far the services' clocks are ahead of this one, in seconds.
        let clockOffset = Mutex(0)
    }

    /// - Parameters:
    ///   - http: which repeats nothing by itself.
    ///   - credentials: nil for calls that are not signed.
    package init(
        _ http: any HTTPClient, region: String, credentials: (any AWSCredentialSource)?,
        endpoints: AWSEndpoints = AWSEndpoints(), policy: AWSRetryPolicy = AWSRetryPolicy()
    ) {
        self.http = http
        self.region = region
        self.credentials = credentials
        self.endpoints = endpoints
        self.policy = policy
        shared = Shared()
    }

    /// The same, where `mayWrite` is asked before each call that changes something, also when it is repeated.
    package func writing(while mayWrite: @escaping @Sendable () async throws -> Void) -> AWSAPI {
        var api = self
        api.mayWrite = mayWrite
        return api
    }

    /// As whom calls are made; nil where they are not signed.
    package func currentCredentials() async throws -> AWSCredentials? {
        try await credentials?.credentials(replacing: nil)
    }

    // MARK: Protocols

    /// The Query protocol, which STS, IAM and EC2 speak: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
    ///
    /// - Returns: what the answer holds, without the wrapping element of the result.
    package func query(_ service: AWSService, _ action: String, _ parameters: [(String, String)] = []) async throws
        -> Node
    {
        var call = AWSCall(service, action, .post, "/")
        call.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        call.body = QueryBody.bytes(action, version: service.apiVersion, parameters)
        let answer = try await send(call).xml()
        return answer["\(action)Result"] ?? answer
    }

    /// The JSON protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
    package func json(_ service: AWSService, _ operation: String, _ input: Node = [:]) async throws -> Node {
        var call = AWSCall(service, operation, .post, "/", json: input)
        call.headers["Content-Type"] = "application/x-amz-json-1.1"
        call.headers["X-Amz-Target"] = service.targetPrefix.map { "\($0).\(operation)" }
        return try await send(call).json()
    }

    /// The address that `call` has, signed for whoever gets it.
    package func presigned(_ call: AWSCall, for seconds: Int) async throws -> HTTPURL {
        let endpoint = try endpoints.endpoint(of: call.service, in: region)
        let request = call.request(at: endpoint)
        guard let credentials else { return request.url }
        return SignatureV4(
            try await credentials.credentials(replacing: nil), region: endpoint.signingRegion,
            service: call.service.signingName
        ).presigned(request, at: now, for: seconds)
    }

    // MARK: Sending

    private var now: Int { policy.wallClock() + shared.clockOffset.withLock { $0 } }

    package func send(_ call: AWSCall) async throws -> AWSResponse {
        let endpoint = try endpoints.endpoint(of: call.service, in: region)
        var attempt = Attempt()
        while true {
            if call.isMutating { try await mayWrite() }
            var request = call.request(at: endpoint)
            request.attempt = attempt.number
            var used: AWSCredentials?
            if let credentials {
                let current = try await credentials.credentials(replacing: attempt.refused)
                used = current
                request = SignatureV4(
                    current, region: endpoint.signingRegion, service: call.service.signingName
                ).signed(request, at: now)
            }
            let failure: Failure
            do throws(HTTPError) {
                let response = try await http.send(request)
                if (200..<300).contains(response.status) {
                    shared.quota.giveBack(attempt.taken)
                    return AWSResponse(response, to: call, at: request.url)
                }
                failure = .refused(AWSErrorReader.error(response, of: call), response.headers)
            } catch {
                failure = .lost(error)
            }
            try await prepare(&attempt, after: failure, used)
        }
    }

    /// How far one call has come.
    private struct Attempt {
        var number = 1
        /// From the quota, by the last repetition.
        var taken: Int?
        /// Credentials that were found to have expired.
        var refused: AWSCredentials?
        var clockIsCorrected = false
    }

    private enum Failure {
        case refused(AWSError, HTTPHeaders)
        case lost(HTTPError)

        var error: any Error {
            switch self {
            case .refused(let error, _): error
            case .lost(let error): error
            }
        }
    }

    /// Returns where the call is to be repeated, and throws the failure where it is not.
    private func prepare(_ attempt: inout Attempt, after failure: Failure, _ used: AWSCredentials?) async throws {
        if case .refused(let error, let headers) = failure {
            if error.mayBeClockSkew, !attempt.clockIsCorrected, correctClock(headers) {
                attempt.clockIsCorrected = true
                return
            }
            if error.mayBeRenewed, attempt.refused == nil, let used, let credentials {
                // Keys that stay the same are refused again.
                guard try await credentials.credentials(replacing: used) != used else { throw error }
                attempt.refused = used
                return
            }
        }
        let isTimeout: Bool
        switch failure {
        case .refused(let error, _):
            guard error.isTransient else { throw error }
            isTimeout = false
        case .lost(let error):
            guard error.isTransient else { throw error }
            isTimeout = true
        }
        guard attempt.number < policy.attempts, let taken = shared.quota.take(isTimeout: isTimeout) else {
            throw failure.error
        }
        attempt.taken = taken
        try await policy.sleep(policy.pause(after: attempt.number))
        attempt.number += 1
    }

    /// - Returns: whether this clock was found to be wrong, by the answer's `Date`.
    private func correctClock(_ headers: HTTPHeaders) -> Bool {
        guard let date = headers["Date"].flatMap(HTTPDate.secondsSince1970) else { return false }
        return shared.clockOffset.withLock { offset in
            let local = policy.wallClock()
            guard abs(date - local - offset) > Self.tolerance else { return false }
            offset = date - local
            return true
        }
    }
}

extension AWSCall {
    fileprivate func request(at endpoint: AWSEndpoint) -> HTTPRequest {
        var url = endpoint.url
        if url.path.hasSuffix("/") { url.path.removeLast() }
        if let bucket {
            if endpoint.isChosen || bucket.contains(".") {
                url.path += "/\(bucket)"
            } else {
                url.host = "\(bucket).\(url.host)"
            }
        }
        url.path += path
        if !query.isEmpty {
            url.query = query.map { name, value in
                HTTPURL.percentEncoded(name) + (value.map { "=\(HTTPURL.percentEncoded($0))" } ?? "")
            }.joined(separator: "&")
        }
        var request = HTTPRequest(method, url, headers: headers, body: body)
        request.operation = name
        return request
    }
}
