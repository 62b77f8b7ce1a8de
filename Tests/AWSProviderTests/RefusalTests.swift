import AWSClient
import AWSProvider
import Diagnostics
import Testing

/// What a person is told when AWS does not do what it is asked for.
@Suite struct RefusalTests {
    struct Refusal: CustomTestStringConvertible {
        let error: AWSError
        let code: String
        let what: String
        let fix: String?
        /// Whether it is told at what was wanted.
        let hasPlace: Bool

        var testDescription: String { error.description }

        init(
            _ code: String, _ message: String = "words", status: Int = 400, id: String = "R1", told name: String,
            _ what: String, fix: String?, hasPlace: Bool = false
        ) {
            error = AWSError(
                code: code, message: message, status: status, requestID: id, operation: "eks:DescribeCluster")
            self.code = name
            self.what = what
            self.fix = fix
            self.hasPlace = hasPlace
        }
    }

    private static let unaccepted = "AWS does not accept the credentials"
    private static let ownFault = "eks:DescribeCluster failed in the service itself"

    @Test(arguments: [
        Refusal(
            "SignatureDoesNotMatch", status: 403, told: "aws.denied", unaccepted,
            fix: "it does not belong to the access key, or was cut off"),
        Refusal("InvalidSignatureException", told: "aws.denied", unaccepted, fix: "check the secret key"),
        Refusal("IncompleteSignature", told: "aws.denied", unaccepted, fix: "check the secret key"),
        Refusal("InvalidClientTokenId", status: 403, told: "aws.denied", unaccepted, fix: "check the access key"),
        Refusal("UnrecognizedClientException", told: "aws.denied", unaccepted, fix: "AWS_SESSION_TOKEN"),
        Refusal("InvalidAccessKeyId", status: 403, told: "aws.denied", unaccepted, fix: "check the access key"),
        Refusal("ExpiredToken", told: "aws.denied", unaccepted, fix: "log in again"),
        Refusal("ThrottlingException", told: "aws.refused", "AWS asks for fewer requests", fix: "in a minute"),
        Refusal("", "", status: 500, id: "", told: "aws.service-fault", ownFault, fix: "AWS_ENDPOINT_URL"),
        Refusal("InternalFailure", "", status: 500, told: "aws.service-fault", ownFault, fix: "try again later"),
        Refusal("ServiceUnavailable", status: 503, told: "aws.service-fault", ownFault, fix: "try again later"),
        Refusal(
            "InvalidParameterException", told: "aws.refused", "AWS refuses eks:DescribeCluster", fix: nil,
            hasPlace: true),
        Refusal(
            "InvalidSubnetID.NotFound", told: "aws.refused", "AWS refuses eks:DescribeCluster", fix: "name one",
            hasPlace: true),
        Refusal("", "", id: "", told: "aws.refused", "AWS refuses eks:DescribeCluster", fix: nil, hasPlace: true),
    ])
    func isToldWhereItStandsWithWhatToDo(refusal: Refusal) {
        let place = SourceLocation(file: SourceFile("aws.yaml"), line: 4)
        let problem = AWSRefusal.diagnostic(refusal.error, at: place)
        #expect(problem.code.name == refusal.code)
        #expect(problem.what == refusal.what)
        #expect((problem.location != nil) == refusal.hasPlace)
        if let fix = refusal.fix { #expect(problem.fix?.contains(fix) == true, "\(problem)") }
        #expect(!refusal.error.requestID.isEmpty == (problem.why?.contains("request id R1") == true), "\(problem)")
        for line in problem.description.split(separator: "\n") { #expect(line.last != ":" && line.last != " ") }
    }
}
