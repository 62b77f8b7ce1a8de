/// What a refusal says about the credentials, in the services' different words for the same.
///
/// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
extension AWSError {
    /// Whether the credentials were good once, and are no more.
    private var isExpiredCredentials: Bool {
        ["ExpiredToken", "ExpiredTokenException", "RequestExpired"].contains(code)
    }

    /// Whether the signature is not the one that the secret key of the access key makes.
    private var isWrongSignature: Bool {
        ["SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "IncompleteSignatureException"]
            .contains(code)
    }

    /// Whether nobody knows the access key or the session token. Also of credentials that are not known any more, or not
    /// yet everywhere.
    private var isUnknownIdentity: Bool {
        [
            "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken", "AuthFailure",
        ].contains(code)
    }

    /// Whether other credentials of the same source may be better.
    var mayBeRenewed: Bool {
        isExpiredCredentials || ["InvalidClientTokenId", "UnrecognizedClientException"].contains(code)
    }

    /// What to do where the credentials themselves are at fault, not what they may do; nil where they are not.
    package var credentialsFix: String? {
        if isWrongSignature {
            return "check the secret key: it does not belong to the access key, or was cut off or changed when it was"
                + " copied; where it is right, check this machine's clock"
        }
        if isUnknownIdentity {
            return "check the access key: it was deleted or deactivated, is of another partition than the region, or"
                + " wants its session token (AWS_SESSION_TOKEN); or the region is not enabled for the account;"
                + " AWS_PROFILE chooses other credentials"
        }
        return isExpiredCredentials ? "log in again, or choose another profile with AWS_PROFILE" : nil
    }
}
