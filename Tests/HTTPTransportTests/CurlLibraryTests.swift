import Diagnostics
import Glibc
import Testing

@testable import HTTPTransport

@Suite struct CurlLibraryTests {
    @Test func aMissingLibraryIsOneClearProblem() throws {
        let problem = #expect(throws: Diagnostic.self) { try CurlLibrary(opening: "libcurl-that-is-not-there.so.4") }
        #expect(problem?.code == .httpLibrary)
        #expect(problem?.why?.contains("libcurl-that-is-not-there.so.4") == true)
        #expect(problem?.fix == "Install it: apt-get install libcurl4")
    }

    @Test func anotherLibraryIsNotTakenForIt() throws {
        let problem = #expect(throws: Diagnostic.self) { try CurlLibrary(opening: "libm.so.6") }
        #expect(problem?.why?.contains("curl_global_init") == true)
    }

    @Test func itIsOpenedByTheFirstRequest() async throws {
        await #expect(processExitsWith: .success) {
            func isOpen() -> Bool { dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD) != nil }
            let transport = CurlTransport(proxy: .direct)
            try #require(!isOpen())
            _ = try? await transport.send(HTTPRequest(.get, HTTPURL(scheme: .http, host: "127.0.0.1", port: 1)))
            try #require(isOpen())
        }
    }
}
