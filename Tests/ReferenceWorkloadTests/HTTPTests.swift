import Testing

@testable import ReferenceWorkload

@Suite struct HTTPTests {
    @Test func oneConnectionServesManyRequests() async throws {
        let responses = try await withServer { _, port in
            try await RawConnection.open(port: port).converse([
                request("GET /healthz"), request("POST /generate", body: #"{"rows": 2, "seed": 1}"#),
                request("GET /nothing"),
            ])
        }
        #expect(responses.map(\.status) == [200, 200, 404])
        #expect(responses[1].headers["content-type"]?.hasPrefix("text/csv") == true)
        #expect(responses[1].text.split(separator: "\r\n").count == 3)
        #expect(responses.allSatisfy { $0.headers["date"]?.hasSuffix(" GMT") == true })
        #expect(responses.allSatisfy { $0.headers["connection"] == nil })
    }

    @Test func headHasTheLengthButNotTheBody() async throws {
        let text = request("HEAD /healthz") + request("GET /nothing", headers: ["Connection: close"])
        let bytes = try await withServer { _, port in try await RawConnection.open(port: port).receive(text) }
        let received = String(decoding: bytes, as: UTF8.self)
        #expect(received.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(received.contains("Content-Length: 16\r\n"))
        #expect(!received.contains(#"{"status""#))
        #expect(received.contains("\r\n\r\nHTTP/1.1 404 Not Found\r\n"))
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let pipeline = (1...20).map { number in
            number % 2 == 0
                ? request("GET /healthz")
                : request("POST /generate", body: "{\"rows\": \(number), \"seed\": 1}")
        }
        let responses = try await withServer { _, port in
            try await RawConnection.open(port: port).exchange([pipeline.joined()], responses: 20)
        }
        #expect(responses.count == 20)
        for (index, response) in responses.enumerated() {
            let number = index + 1
            #expect(response.headers["x-synthdata-records"] == (number % 2 == 0 ? nil : String(number)))
        }
    }

    @Test func theLastRequestClosesTheConnection() async throws {
        let responses = try await withServer { _, port in
            try await RawConnection.open(port: port)
                .exchange([request("GET /healthz", headers: ["Connection: close"])])
        }
        #expect(responses.map(\.status) == [200])
        #expect(responses[0].headers["connection"] == "close")
    }

    @Test func chunkedBodiesAreRead() async throws {
        let text = request("POST /generate", headers: ["Transfer-Encoding: chunked", "Connection: close"])
        let responses = try await withServer { _, port in
            try await RawConnection.open(port: port).exchange([text, "8\r\n{\"rows\":\r\n", "2\r\n3}\r\n", "0\r\n\r\n"])
        }
        #expect(responses.first?.headers["x-synthdata-records"] == "3")
    }

    @Test func aClientThatAsksIsToldToContinue() async throws {
        let responses = try await withServer { _, port in
            try await RawConnection.open(port: port).exchange([
                "POST /generate HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n"
                    + "Content-Length: 2\r\n\r\n", "{}",
            ])
        }
        #expect(responses.map(\.status) == [100, 200])
    }

    @Test(arguments: [true, false]) func aTooLargeBodyIsRefused(announced: Bool) async throws {
        let body = String(repeating: "x", count: 5_000)
        let parts =
            announced
            ? [request("POST /generate", body: body)]
            : [request("POST /generate", headers: ["Transfer-Encoding: chunked"]), "1388\r\n\(body)\r\n", "0\r\n\r\n"]
        let responses = try await withServer(.onFreePort { $0.limits.bodyBytes = 1_000 }) { _, port in
            try await RawConnection.open(port: port).exchange(parts)
        }
        #expect(responses.map(\.status) == [413])
        #expect(responses.first?.text.contains("body_too_large") == true)
        #expect(responses.first?.headers["connection"] == "close")
    }

    enum Malformed: String, CaseIterable {
        case noMethod = "NONSENSE\r\n\r\n"
        case unknownVersion = "GET /healthz HTTP/9.9\r\n\r\n"
        case noTarget = "GET  HTTP/1.1\r\n\r\n"
        case controlBytes = "\u{0}\u{1}\u{2}\r\n\r\n"
        case negativeLength = "POST /generate HTTP/1.1\r\nContent-Length: -5\r\n\r\n"
        case endlessHead = "POST /generate HTTP/1.1\r\nContent-Length: 99"
        case missingBody = "POST /generate HTTP/1.1\r\nContent-Length: 99\r\n\r\n"
        case badChunk = "POST /generate HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"
        case twoLengths = "POST /generate HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"
        case hugeHeader
        case deepJSON

        var text: String {
            switch self {
            case .hugeHeader: "GET /healthz HTTP/1.1\r\nX: \(String(repeating: "y", count: 200_000))\r\n\r\n"
            case .deepJSON: request("POST /generate", body: String(repeating: "[", count: 100_000))
            default: rawValue
            }
        }
    }

    @Test(arguments: Malformed.allCases) func malformedRequestsLeaveTheServerUp(malformed: Malformed) async throws {
        let status = try await withServer(.onFreePort { $0.limits.idleSeconds = 8 }) { _, port in
            let refused = try? await RawConnection.open(port: port).exchange([malformed.text])
            #expect(refused?.allSatisfy { $0.status >= 400 } ?? true)
            return try await RawConnection.open(port: port).exchange([request("GET /healthz")], responses: 1).first?
                .status
        }
        #expect(status == 200)
    }

    @Test func tooManyWaitingRequestsAreTurnedAway() async throws {
        try await withServer(
            .onFreePort {
                $0.limits.queuedRequests = 1
                $0.faults.latencyMilliseconds = 500
            }
        ) { _, port in
            async let first = RawConnection.open(port: port).exchange([request("POST /generate")], responses: 1)
            async let second = RawConnection.open(port: port).exchange([request("POST /generate")], responses: 1)
            async let third = RawConnection.open(port: port).exchange([request("POST /generate")], responses: 1)
            let responses = try await first + second + third
            #expect(responses.map(\.status).sorted() == [200, 503, 503])
            #expect(responses.filter { $0.status == 503 }.allSatisfy { $0.headers["retry-after"] == "1" })
        }
    }

    @Test func shutdownAnswersWhatIsInFlightAndRefusesWhatIsNew() async throws {
        try await withServer(
            .onFreePort {
                $0.faults.latencyMilliseconds = 8000
                $0.limits.gracePeriodSeconds = 60
            }
        ) { server, port in
            let slow = try await RawConnection.open(port: port)
            let other = try await RawConnection.open(port: port)
            async let late = slow.exchange([request("POST /generate")], responses: 1)
            // The slow request must have arrived before the shutdown: its queue shows it.
            var metrics = ""
            while !metrics.contains("synthdata_queue_length{data_type=\"tabular\"} 1") {
                metrics =
                    try await RawConnection.open(port: port).exchange([request("GET /metrics")], responses: 1).first?
                    .text
                    ?? ""
            }
            server.shutdown()
            let stopping = try await other.exchange([request("GET /readyz")])
            #expect(stopping.first?.status == 503)
            #expect(stopping.first?.headers["connection"] == "close")
            let answered = try await late
            #expect(answered.first?.status == 200)
            #expect(answered.first?.headers["connection"] == "close")
            await #expect(throws: (any Error).self) { try await RawConnection.open(port: port) }
        }
    }

    @Test func acceptsConnectionsWhileItDrains() async throws {
        try await withServer(.onFreePort { $0.drainSeconds = 30 }) { server, port in
            server.shutdown()
            let new = try await RawConnection.open(port: port)
            let unready = try await new.exchange([request("GET /readyz")], responses: 1)
            #expect(unready.first?.status == 503)
            let served = try await RawConnection.open(port: port).exchange([request("POST /generate")], responses: 1)
            #expect(served.first?.status == 200)
        }
    }

    @Test func aTakenAddressIsNamed() async throws {
        try await withServer { _, port in
            let error = await #expect(throws: StartupError.self) {
                try await withServer(.onFreePort { $0.port = port }) { _, _ in }
            }
            #expect(error?.exitCode == .addressInUse)
            #expect(error?.message == "address 127.0.0.1:\(port) is already in use")
        }
    }
}
