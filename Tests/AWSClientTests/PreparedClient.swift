import AWSClient
import Diagnostics
import HTTPTransport
import Synchronization

/// Gives one prepared answer after another, the last again and again, and remembers what it was asked.
final class PreparedClient: HTTPClient {
    private let answers: Mutex<[Result<HTTPResponse, HTTPError>]>
    private let asked = Mutex<[HTTPRequest]>([])

    init(_ answers: [Result<HTTPResponse, HTTPError>]) {
        self.answers = Mutex(answers)
    }

    convenience init(_ answers: (Int, HTTPHeaders, String)...) {
        self.init(answers.map { .success(HTTPResponse(status: $0, headers: $1, body: Array($2.utf8))) })
    }

    var requests: [HTTPRequest] { asked.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        asked.withLock { $0.append(request) }
        return try answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        throw HTTPError(.invalidRequest, request, mayHaveReachedServer: false)
    }
}

/// Gives out one pair of keys after another, each time that the one before is refused.
final class PreparedCredentials: AWSCredentialSource {
    private let all: [AWSCredentials]
    private let place = Mutex(0)

    init(_ names: String...) {
        all = names.map {
            AWSCredentials(accessKeyID: $0, secretAccessKey: Redacted("secret of \($0)"), source: "test")
        }
    }

    func credentials(replacing refused: AWSCredentials?) async throws -> AWSCredentials {
        place.withLock { place in
            if all[place] == refused, place + 1 < all.count { place += 1 }
            return all[place]
        }
    }
}
