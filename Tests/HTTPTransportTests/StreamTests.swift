import HTTPTransport
import TestSupport
import Testing

@Suite struct StreamTests {
    let transport = CurlTransport(proxy: .direct)

    @Test func piecesArriveBeforeTheEnd() async throws {
        try await TestServer.with { server async throws in
            let request = HTTPRequest(.get, server.url("/chunks?1000,0.2"), timeouts: .streaming(idle: .seconds(10)))
            let response = try await transport.stream(request)
            #expect(response.status == 200)
            var text = ""
            for try await bytes in response.body {
                text += String(decoding: bytes, as: UTF8.self)
                if text.contains("chunk 2\n") { break }
            }
            #expect(text.hasPrefix("chunk 0\nchunk 1\nchunk 2\n"))
        }
    }

    @Test func aWholeStreamIsWhole() async throws {
        try await TestServer.with { server async throws in
            let request = HTTPRequest(.get, server.url("/flood?20"), timeouts: .streaming(idle: .seconds(60)))
            let response = try await transport.stream(request)
            var count = 0
            for try await bytes in response.body { count += bytes.count }
            #expect(count == 20 << 20)
        }
    }

    @Test func aReaderThatStopsHoldsTheServer() async throws {
        try await TestServer.with { server async throws in
            let request = HTTPRequest(.get, server.url("/flood?200"), timeouts: .streaming(idle: .seconds(5)))
            let response = try await transport.stream(request)
            var reader = response.body.makeAsyncIterator()
            var read = try await reader.next()?.count ?? 0

            // Until the server is stuck: two looks see the same number. They are further apart than `idle`, too.
            var before = -1
            var now = 0
            while before != now {
                before = now
                try await Task.sleep(for: .seconds(6))
                now = try await server.count("flooded")
            }
            // The sockets' buffers of loopback hold some megabytes; the stream itself no more than 256 KiB.
            #expect(now < 20 << 20)

            while let bytes = try await reader.next() { read += bytes.count }
            #expect(read == 200 << 20)
        }
    }

    @Test func cancellingTheTaskEndsTheTransfer() async throws {
        try await TestServer.with { server async throws in
            let reading = Task { () throws(HTTPError) -> Int in
                let request = HTTPRequest(.get, server.url("/chunks?3,60"), timeouts: .streaming(idle: .seconds(60)))
                var count = 0
                for try await bytes in try await transport.stream(request).body { count += bytes.count }
                return count
            }
            try await eventually { try await server.count("requests:/chunks") == 1 }
            reading.cancel()
            let result = await reading.result
            guard case .failure(let error as HTTPError) = result else {
                Issue.record("it went on")
                return
            }
            #expect(error.kind == .cancelled)
            try await theConnectionIsFree(server)
        }
    }

    @Test func lettingTheBodyGoEndsTheTransfer() async throws {
        try await TestServer.with { server async throws in
            do {
                let request = HTTPRequest(.get, server.url("/flood?200"), timeouts: .streaming(idle: .seconds(60)))
                #expect(try await transport.stream(request).status == 200)
            }
            try await eventually { try await server.count("closed") > 1 }
            #expect(try await server.count("flooded") < 200 << 20)
            try await theConnectionIsFree(server)
        }
    }

    @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
        try await TestServer.with { server async throws in
            let sending = Task { () throws(HTTPError) in
                while !Task.isCancelled { await Task.yield() }
                return try await transport.send(HTTPRequest(.post, server.url("/echo")))
            }
            sending.cancel()
            if case .success = await sending.result { Issue.record("it was sent") }
            #expect(try await server.count("requests:/echo") == 0)
        }
    }

    /// Many cancelled streams leave room for a request.
    private func theConnectionIsFree(_ server: TestServer) async throws {
        #expect(try await transport.send(HTTPRequest(.get, server.url("/echo"))).status == 200)
    }
}
