import HTTPTransport
import Testing

@Suite struct HTTPURLTests {
    @Test(arguments: [
        "http://a/", "https://a:8443/b/c?d=e&f", "https://[::1]:6443/x?", "https://a/%2F?x=/y?z",
    ]) func whatIsReadIsPrintedAgain(_ text: String) throws {
        #expect(try #require(HTTPURL(text)).description == text)
    }

    @Test func piecesAreWhereTheyBelong() throws {
        let url = try #require(HTTPURL("HTTPS://[fd00::1]:443?a=b"))
        #expect(url == HTTPURL(scheme: .https, host: "fd00::1", port: 443, path: "/", query: "a=b"))
        #expect(url.description == "https://[fd00::1]/?a=b")
        #expect(url.withoutQuery == "https://[fd00::1]/")
    }

    @Test(arguments: [
        "", "a", "ftp://a/", "https://", "https:///x", "https://me:secret@a/", "https://a:port/", "https://a:70000/",
        "https://::1/", "https://[::1/", "https://a/#b",
    ]) func whatIsNoURLIsNone(_ text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test func onlyUnreservedBytesStandForThemselves() {
        #expect(HTTPURL.percentEncoded("aZ09-._~ /?ü%") == "aZ09-._~%20%2F%3F%C3%BC%25")
    }
}
