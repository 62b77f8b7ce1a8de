import AWSClient
import Diagnostics
import Documents
import HTTPTransport
import Testing

/// Signatures, compared with those of botocore and with the one that AWS has published.
@Suite struct SignatureTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }

        mutating func text(_ alphabet: String, _ lengths: ClosedRange<Int>) -> String {
            let all = Array(alphabet)
            return String(
                (0..<Int.random(in: lengths, using: &self)).map { _ in all.randomElement(using: &self) ?? "a" })
        }
    }

    struct Case {
        var request: HTTPRequest
        let credentials: AWSCredentials
        let service: String
        let region: String
        let time: Int
        let isPayloadSigned: Bool
    }

    private static func random(_ generator: inout Random) -> Case {
        let odd = "abcXYZ019-._~ /+=&%äß€:,;@!$'()*"
        let service = ["sts", "s3", "eks", "iam", "ec2", "logs"].randomElement(using: &generator) ?? "sts"
        var path = ""
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let segment = [".", "..", "", generator.text(odd, 1...9)].randomElement(using: &generator) ?? ""
            path += "/" + HTTPURL.percentEncoded(segment)
        }
        var query: [String] = []
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let name = generator.text("abAB12-_.", 1...3)
            // botocore forgets all but one of a name when it signs an address.
            if query.contains(where: { $0.hasPrefix("\(name)=") }) { continue }
            query.append("\(name)=\(HTTPURL.percentEncoded(generator.text(odd, 0...6)))")
        }
        var headers: HTTPHeaders = ["User-Agent": "x"]
        for index in 0..<Int.random(in: 0...3, using: &generator) {
            headers.append("X-Test-\(index)\(generator.text("aAzZ", 0...3))", generator.text("ab  c,\t1", 0...12))
        }
        let request = HTTPRequest(
            HTTPMethod.allCases.randomElement(using: &generator) ?? .get,
            HTTPURL(
                scheme: Bool.random(using: &generator) ? .https : .http, host: "service.example",
                port: [nil, 80, 443, 8443].randomElement(using: &generator) ?? nil,
                path: path.isEmpty ? "/" : path, query: query.isEmpty ? nil : query.joined(separator: "&")),
            headers: headers, body: Array(generator.text(odd, 0...40).utf8))
        let credentials = AWSCredentials(
            accessKeyID: "AKID" + generator.text("ABC123", 12...12),
            secretAccessKey: Redacted(generator.text("abcXYZ/+=", 40...40)),
            sessionToken: Bool.random(using: &generator) ? Redacted(generator.text("abc/+==", 60...60)) : nil,
            source: "the test")
        return Case(
            request: request, credentials: credentials, service: service,
            region: ["us-east-1", "eu-west-3"].randomElement(using: &generator) ?? "",
            time: Int.random(in: 1_000_000_000...2_000_000_000, using: &generator),
            isPayloadSigned: service != "s3" || Bool.random(using: &generator))
    }

    private static func question(_ given: Case, expires: Int) -> Node {
        [
            "method": .string(given.request.method.rawValue), "url": .string(given.request.url.description),
            "headers": .sequence(
                given.request.headers.fields.map { [.string($0.name), .string($0.value)] }),
            "body": .string(String(decoding: given.request.body, as: UTF8.self)),
            "key": .string(given.credentials.accessKeyID), "secret": .string(given.credentials.secretAccessKey.secret),
            "token": given.credentials.sessionToken.map { .string($0.secret) } ?? .null,
            "service": .string(given.service), "region": .string(given.region), "time": .integer(given.time),
            "expires": .integer(expires), "payload": .bool(given.isPayloadSigned),
        ]
    }

    @Test(arguments: 0..<4) func signsAsBotocoreDoes(seed: Int) async throws {
        let botocore = try Botocore("signatures.py")
        var generator = Random(state: UInt64(seed))
        for _ in 0..<250 {
            let given = Self.random(&generator)
            let theirs = try await botocore.ask(Self.question(given, expires: 0))
            let signed = SignatureV4(given.credentials, region: given.region, service: given.service)
                .signed(given.request, at: given.time, payload: given.isPayloadSigned ? .signed : .unsigned)
            #expect(signed.headers["Authorization"] == theirs["authorization"]?.string, "\(given.request.url)")
            #expect(signed.headers["X-Amz-Date"] == theirs["date"]?.string)
        }
    }

    @Test(arguments: 4..<6) func signsAddressesAsBotocoreDoes(seed: Int) async throws {
        let botocore = try Botocore("signatures.py")
        var generator = Random(state: UInt64(seed))
        for _ in 0..<250 {
            var given = Self.random(&generator)
            given.request.body = []
            given.request.headers = ["x-k8s-aws-id": "production"]
            let theirs = try await botocore.ask(Self.question(given, expires: 60))
            let url = SignatureV4(given.credentials, region: given.region, service: given.service)
                .presigned(given.request, at: given.time, for: 60)
            let other = try #require(theirs["url"]?.string.flatMap(HTTPURL.init))
            #expect(Set(url.query?.split(separator: "&") ?? []) == Set(other.query?.split(separator: "&") ?? []))
            #expect(url.path == other.path)
        }
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#example-signature-calculations
    @Test func signsAsAWSHasPublished() {
        let credentials = AWSCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: Redacted("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), source: "the example")
        let signer = SignatureV4(credentials, region: "us-east-1", service: "s3")
        let bucket = "examplebucket.s3.amazonaws.com"
        let noon = 1_369_353_600
        func signature(_ request: HTTPRequest) -> String? {
            signer.signed(request, at: noon).headers["Authorization"]?.split(separator: "=").last.map(String.init)
        }
        #expect(
            signature(
                HTTPRequest(.get, HTTPURL(host: bucket, path: "/test.txt"), headers: ["Range": "bytes=0-9"]))
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(
            signature(HTTPRequest(.get, HTTPURL(host: bucket, query: "lifecycle")))
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        #expect(
            signature(HTTPRequest(.get, HTTPURL(host: bucket, query: "max-keys=2&prefix=J")))
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
        let address = signer.presigned(
            HTTPRequest(.get, HTTPURL(host: bucket, path: "/test.txt")), at: noon, for: 86_400)
        #expect(
            address.query?.hasSuffix(
                "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404") == true)
    }
}
