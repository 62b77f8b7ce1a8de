/// What a service refused, in its own words.
package struct AWSError: Error, Sendable, Hashable {
    /// `AccessDenied`, `ResourceNotFoundException`: without the namespace that some services put before it.
    package let code: String
    package let message: String
    package let status: Int
    /// For AWS's support; empty where there was none.
    package let requestID: String
    /// `eks:DescribeCluster`.
    package let operation: String

    package init(code: String, message: String, status: Int, requestID: String, operation: String) {
        self.code = code
        self.message = message
        self.status = status
        self.requestID = requestID
        self.operation = operation
    }

    /// Whether it is the pace of requests that was refused, not the request.
    ///
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    package var isThrottling: Bool {
        status == 429
            || [
                "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
                "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
                "RequestLimitExceeded", "BandwidthLimitExceeded", "RequestThrottled", "SlowDown",
                "PriorRequestNotComplete", "EC2ThrottledException",
            ].contains(code)
    }

    /// Whether the same request may succeed a little later, without anybody's doing.
    package var isTransient: Bool {
        isThrottling || [500, 502, 503, 504].contains(status)
            || [
                "RequestTimeout", "RequestTimeoutException", "IDPCommunicationError", "OperationAborted",
                "OperationAbortedException", "ConcurrentModification", "ConcurrentModificationException",
            ].contains(code)
    }

    /// Whether a wrong clock on this side may be the reason.
    var mayBeClockSkew: Bool {
        [
            "RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch",
            "AuthFailure", "RequestInTheFuture",
        ].contains(code) || status == 403 && code.isEmpty
    }

    /// Whether the service, or what stands before it, failed: nothing was refused.
    package var isServiceFault: Bool { status >= 500 }

    package var isAccessDenied: Bool {
        ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError"]
            .contains(code)
    }

    package var isNotFound: Bool {
        status == 404
            || ["NoSuchEntity", "NoSuchBucket", "ResourceNotFoundException", "RepositoryNotFoundException"].contains(
                code)
    }
}

extension AWSError {
    /// Code, message and request id, as far as there are any; the status stands for a code.
    package var reason: String {
        "\(code.isEmpty ? "status \(status)" : code)\(message.isEmpty ? "" : ": \(message)")"
            + (requestID.isEmpty ? "" : " (request id \(requestID))")
    }
}

extension AWSError: CustomStringConvertible {
    package var description: String { "\(operation): \(reason)" }
}
