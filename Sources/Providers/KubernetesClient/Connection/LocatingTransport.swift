import HTTPTransport

/// Tells what is wrong with a connection, and that the server does not know the user, at the line of the kubeconfig
/// that it is about.
struct LocatingTransport: HTTPClient {
    private let base: any HTTPClient
    private let places: ConnectionPlaces

    init(_ base: any HTTPClient, places: ConnectionPlaces) {
        self.base = base
        self.places = places
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await base.send(request)
        } catch {
            throw places.located(error)
        }
        try check(response.status, response.body, request)
        return response
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        let response: HTTPResponseStream
        do throws(HTTPError) {
            response = try await base.stream(request)
        } catch {
            throw places.located(error)
        }
        try check(response.status, [], request)
        return response
    }

    private func check(_ status: Int, _ body: [UInt8], _ request: HTTPRequest) throws(HTTPError) {
        guard let problem = places.refusal(status: status, body: body) else { return }
        guard ProxiedAnswer.isServers(body, to: request) else { return }
        throw HTTPError(.noCredentials(problem), request, mayHaveReachedServer: true)
    }
}
