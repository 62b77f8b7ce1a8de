import AWSClient
import Diagnostics
import Documents
import HTTPTransport
import Synchronization
import Testing

/// What is sent, what is made of answers, and what is sent again.
@Suite struct CallTests {
    private static let now = 1_700_000_000

    private final class Pauses: Sendable {
        let all = Mutex<[Duration]>([])
    }

    private func api(
        _ client: PreparedClient, _ credentials: PreparedCredentials? = PreparedCredentials("A"),
        attempts: Int = 3, pauses: Pauses = Pauses()
    ) -> AWSAPI {
        AWSAPI(
            client, region: "eu-west-1", credentials: credentials,
            policy: AWSRetryPolicy(
                attempts: attempts, random: { 0.5 }, sleep: { pause in pauses.all.withLock { $0.append(pause) } },
                wallClock: { Self.now }))
    }

    @Test func speaksTheQueryProtocol() async throws {
        let client = PreparedClient(
            (
                200, [:],
                "<AssumeRoleResponse><AssumeRoleResult><Arn>x</Arn></AssumeRoleResult><M/></AssumeRoleResponse>"
            ))
        let answer = try await api(client).query(.sts, "AssumeRole", [("RoleArn", "arn:aws:iam::1:role/a b")])
        #expect(answer == ["Arn": "x"])
        let request = try #require(client.requests.first)
        #expect(request.url.description == "https://sts.eu-west-1.amazonaws.com/")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b")
        #expect(request.headers["Authorization"]?.contains("Credential=A/20231114/eu-west-1/sts/aws4_request") == true)
    }

    @Test func speaksTheJSONProtocol() async throws {
        let client = PreparedClient((200, [:], #"{"logGroups":[]}"#))
        let answer = try await api(client).json(.cloudWatchLogs, "DescribeLogGroups", ["limit": 1])
        #expect(answer == ["logGroups": []])
        let request = try #require(client.requests.first)
        #expect(request.headers["X-Amz-Target"] == "Logs_20140328.DescribeLogGroups")
        #expect(request.headers["Content-Type"] == "application/x-amz-json-1.1")
    }

    @Test func writesQueriesAsServicesWantThem() async throws {
        let client = PreparedClient((200, [:], ""))
        _ = try await api(client).send(
            AWSCall(.s3, "GetBucketVersioning", .get, "/b", query: [("versioning", nil), ("a b", "c/d")]))
        #expect(client.requests.first?.url.target == "/b?versioning&a%20b=c%2Fd")
        #expect(client.requests.first?.headers["X-Amz-Content-SHA256"]?.count == 64)
    }

    // MARK: Refusals

    private static let refusals: [(HTTPHeaders, String, String, String, String)] = [
        (
            ["x-amzn-ErrorType": "ResourceNotFoundException:http://x", "x-amzn-RequestId": "R1"],
            #"{"message":"No cluster found for name: a."}"#, "ResourceNotFoundException",
            "No cluster found for name: a.",
            "R1"
        ),
        (
            [:], #"{"__type":"com.amazon#LimitExceededException","Message":"too many"}"#, "LimitExceededException",
            "too many", ""
        ),
        (
            [:],
            "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>gone</Message></Error><RequestId>R2</RequestId></ErrorResponse>",
            "NoSuchEntity", "gone", "R2"
        ),
        (
            [:],
            "<Response><Errors><Error><Code>AuthFailure</Code><Message>no</Message></Error></Errors><RequestID>R3</RequestID></Response>",
            "AuthFailure", "no", "R3"
        ),
        (
            ["x-amz-request-id": "R4"], "<Error><Code>NoSuchBucket</Code><Message>m</Message></Error>", "NoSuchBucket",
            "m", "R4"
        ),
        ([:], "<html>a proxy", "", "", ""), ([:], "", "", "", ""),
    ]

    @Test(arguments: refusals)
    func readsRefusals(headers: HTTPHeaders, body: String, code: String, message: String, id: String) async throws {
        let client = PreparedClient((400, headers, body))
        let error = try await #require(throws: AWSError.self) {
            try await api(client).send(AWSCall(.eks, "DescribeCluster", .get, "/clusters/a"))
        }
        #expect(
            error
                == AWSError(
                    code: code, message: message, status: 400, requestID: id, operation: "eks:DescribeCluster"))
        #expect(error.description.last != ":")
        #expect(client.requests.count == 1)
    }

    struct Page: CustomTestStringConvertible {
        let testDescription: String
        var headers: HTTPHeaders = [:]
        let body: String
        let words: String
        var isXML = false
    }

    @Test(arguments: [
        Page(
            testDescription: "a page of a login", headers: ["Content-Type": "text/html"], body: "<html>login</html>",
            words: "status 200, text/html: `<html>login</html>`"),
        Page(
            testDescription: "a tidy page where XML is wanted", body: "<HTML>\n  <b>login</b></HTML>",
            words: "status 200: `<HTML> <b>login</b></HTML>`", isXML: true),
        Page(
            testDescription: "a long text", body: String(repeating: "word ", count: 100),
            words: "`word word word word word word word word …`", isXML: true),
        Page(testDescription: "an answer that is cut off", body: #"{"secret": "hidden"#, words: "status 200: "),
    ])
    func tellsWhoAnsweredSomethingElse(page: Page) async throws {
        let api = api(PreparedClient((200, page.headers, page.body)))
        let problem = try await #require(throws: Diagnostic.self) {
            if page.isXML { return try await api.query(.sts, "GetCallerIdentity") }
            return try await api.send(AWSCall(.eks, "DescribeCluster", .get, "/clusters/a", query: [("b", "c")])).json()
        }
        #expect(problem.code.name == "aws.unreadable-answer")
        #expect(problem.location == nil)
        #expect(problem.what.hasPrefix(page.isXML ? "sts:GetCallerIdentity was" : "eks:DescribeCluster was"))
        let address = page.isXML ? "sts.eu-west-1.amazonaws.com/" : "eks.eu-west-1.amazonaws.com/clusters/a"
        #expect(problem.why?.hasPrefix("https://\(address) answers with status 200") == true, "\(problem)")
        #expect(problem.why?.contains(page.words) == true, "\(problem)")
        #expect(!problem.description.contains("hidden"))
        #expect(problem.fix?.contains("AWS_ENDPOINT_URL") == true)
    }

    // MARK: Repetition

    @Test func repeatsWhatIsThrottledAndWhatFailsForAWhile() async throws {
        let pauses = Pauses()
        let client = PreparedClient(
            (400, ["x-amzn-ErrorType": "ThrottlingException"], "{}"), (503, [:], ""), (200, [:], "{}"))
        _ = try await api(client, pauses: pauses).send(AWSCall(.eks, "CreateNodegroup", .post, "/", json: [:]))
        #expect(client.requests.count == 3)
        #expect(pauses.all.withLock { $0 } == [.milliseconds(500), .seconds(1)])
    }

    @Test func givesUpAfterItsAttempts() async throws {
        let client = PreparedClient((500, [:], ""))
        let error = try await #require(throws: AWSError.self) {
            try await api(client, attempts: 4).query(.iam, "GetRole")
        }
        #expect(error.status == 500)
        #expect(client.requests.count == 4)
    }

    @Test func stopsRepeatingWhileNothingSucceeds() async throws {
        let client = PreparedClient((503, [:], ""))
        let api = api(client, attempts: 1000)
        _ = try? await api.query(.iam, "GetRole")
        // 500 tokens at 5 each, and the first time.
        #expect(client.requests.count == 101)
        _ = try? await api.query(.iam, "GetRole")
        #expect(client.requests.count == 102)
    }

    @Test func correctsItsClock() async throws {
        let client = PreparedClient(
            (403, ["Date": "Tue, 14 Nov 2023 23:13:20 GMT"], "<Error><Code>RequestTimeTooSkewed</Code></Error>"),
            (200, [:], ""))
        let api = api(client)
        _ = try await api.send(AWSCall(.s3, "ListBuckets", .get, "/"))
        #expect(client.requests.map { $0.headers["X-Amz-Date"] } == ["20231114T221320Z", "20231114T231320Z"])
        _ = try await api.send(AWSCall(.s3, "ListBuckets", .get, "/"))
        #expect(client.requests.last?.headers["X-Amz-Date"] == "20231114T231320Z")
    }

    @Test func renewsCredentialsThatExpiredInTheMiddleOnce() async throws {
        let expired = (
            403, [:] as HTTPHeaders, "<Response><Errors><Error><Code>ExpiredToken</Code></Error></Errors></Response>"
        )
        let client = PreparedClient(expired, (200, [:], "<R/>"), expired)
        let api = api(client, PreparedCredentials("A", "B"))
        _ = try await api.query(.ec2, "DescribeSubnets")
        let keys = client.requests.map { $0.headers["Authorization"]?.contains("Credential=A/") }
        #expect(keys == [true, false])
        // Keys that stay the same are not tried again.
        let error = try await #require(throws: AWSError.self) { try await api.query(.ec2, "DescribeSubnets") }
        #expect(error.code == "ExpiredToken")
        #expect(client.requests.count == 3)
    }

    @Test func asksBeforeEachWriteAndNotBeforeReading() async throws {
        struct Lost: Error {}
        let asked = Mutex(0)
        let client = PreparedClient((503, [:], ""))
        let api = api(client).writing {
            try asked.withLock { count in
                count += 1
                if count > 2 { throw Lost() }
            }
        }
        await #expect(throws: Lost.self) { try await api.query(.iam, "CreateRole") }
        #expect(client.requests.count == 2)
        _ = try? await api.query(.iam, "GetRole")
        #expect(asked.withLock { $0 } == 3)
    }

    @Test func printsNoSecret() async throws {
        let credentials = AWSCredentials(
            accessKeyID: "A", secretAccessKey: Redacted("hidden"), sessionToken: Redacted("hidden"), source: "test")
        var text = ""
        dump(credentials, to: &text)
        #expect(!"\(credentials) \(String(reflecting: credentials)) \(text)".contains("hidden"))
    }

    // MARK: Pages

    @Test func readsAllPages() async throws {
        let all = try await Pages.all { token -> (items: [Int], next: String?) in
            switch token {
            case nil: ([1, 2], "a")
            case "a": ([], "b")
            default: ([3], "")
            }
        }
        #expect(all == [1, 2, 3])
        await #expect(throws: Diagnostic.self) { try await Pages.all { _ in (items: [1], next: "same") } }
    }
}
